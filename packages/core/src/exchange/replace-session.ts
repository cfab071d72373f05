import type { RefusalReason } from '../events.js';
import { chain, type Flow, wait } from '../flow.js';
import type { Envelope } from '../record.js';
import type { Runtime } from '../runtime.js';
import { type CreatedSession, createSession } from './create-session.js';
import { type LiveSession, storedText } from './live-session.js';
import type { Login } from './login.js';
import { type SessionChange, type WriteResult, writeSession } from './write-session.js';

/** A new session, and the reason if it may not replace the old one. The caller removes the one that is left over. */
export interface Replacement {
  readonly created: CreatedSession;
  readonly lost: RefusalReason | undefined;
}

/** What replaces a session. */
export interface Successor {
  /** The data's text. */
  readonly text: string;
  /** The login it begins with, if any. */
  readonly login: Login | undefined;
}

/**
 * Stores a session that is to replace `old`. The new record is stored first, and lives only if the old one can be claimed after
 * it: a session destroyed meanwhile does not come back under a new id (D2).
 */
export function* replaceSession(runtime: Runtime, old: LiveSession, { text, login }: Successor): Flow<Replacement> {
  const created = yield* createSession(runtime, { id: undefined, text, login });
  const claimed = yield* claimSession(runtime, old, created, { text: undefined });
  return { created, lost: 'lost' in claimed ? claimed.lost : undefined };
}

/**
 * As `replaceSession`, with the data of the old session: its new text, if this exchange has changed it, and what others write until the
 * old record is claimed (L1).
 */
export function* moveSession(
  runtime: Runtime,
  old: LiveSession,
  text: string | undefined,
  login: Login,
): Flow<Replacement> {
  const created = yield* createSession(runtime, { id: undefined, text: text ?? storedText(old), login });
  let moved = created.live;
  const follow = (latest: string) => {
    if (latest === moved.baseText) return;
    return chain(writeSession(runtime, moved, { text: latest }), (written) => {
      if ('live' in written) moved = written.live;
    });
  };
  const claimed = yield* claimSession(runtime, old, created, { text, before: follow });
  if ('lost' in claimed) return { created, lost: claimed.lost };
  const { record, envelope } = moved;
  return { created: { ...created, live: { ...claimed.live, record, envelope } }, lost: undefined };
}

/** Makes the old record useless. If that fails, nobody will ever be sent the token of the new one, and it must not be left behind. */
function* claimSession(
  runtime: Runtime,
  old: LiveSession,
  { live }: CreatedSession,
  change: SessionChange,
): Flow<WriteResult> {
  try {
    const amend = (envelope: Envelope) => ({ ...envelope, generation: envelope.generation + 1, secrets: [] });
    return yield* wait(writeSession(runtime, old, { ...change, amend }));
  } catch (error) {
    runtime.subjects.discardLater(live.record.id, live.record.subject === undefined ? 'regenerate' : 'login');
    throw error;
  }
}
