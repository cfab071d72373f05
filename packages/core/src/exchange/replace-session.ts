import type { RefusalReason } from '../events.js';
import { type Flow, wait } from '../flow.js';
import type { Runtime } from '../runtime.js';
import { type CreatedSession, createSession, type NewSession } from './create-session.js';
import type { LiveSession } from './live-session.js';
import { type WriteResult, writeSession } from './write-session.js';

/** A new session, and the reason if it may not replace the old one. The caller removes the one that is left over. */
export interface Replacement {
  readonly created: CreatedSession;
  readonly lost: RefusalReason | undefined;
}

/**
 * Stores a session that is to replace `old`. The new record is stored first, and lives only if the old one can be claimed after
 * it: a session destroyed meanwhile does not come back under a new id (D2).
 */
export function* replaceSession(
  runtime: Runtime,
  old: LiveSession,
  { text, login }: Pick<NewSession, 'text' | 'login'>,
): Flow<Replacement> {
  const created = yield* createSession(runtime, { id: undefined, text, login });
  const claimed = yield* claimSession(runtime, old, created.live.record.id, login);
  return { created, lost: 'lost' in claimed ? claimed.lost : undefined };
}

/** Makes the old record useless. If that fails, nobody will ever be sent the token of the new one, and it must not be left behind. */
function* claimSession(
  runtime: Runtime,
  old: LiveSession,
  newId: string,
  login: NewSession['login'],
): Flow<WriteResult> {
  try {
    const claiming = writeSession(runtime, old, {
      text: undefined,
      amend: (envelope) => ({ ...envelope, generation: envelope.generation + 1, secrets: [] }),
    });
    return yield* wait(claiming);
  } catch (error) {
    runtime.subjects.discardLater(newId, login === undefined ? 'regenerate' : 'login');
    throw error;
  }
}
