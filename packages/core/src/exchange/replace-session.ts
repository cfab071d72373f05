import type { RefusalReason } from '../events.js';
import { type Flow, wait } from '../flow.js';
import type { Runtime } from '../runtime.js';
import { type CreatedSession, createSession, type NewSession } from './create-session.js';
import type { LiveSession } from './live-session.js';
import { writeSession } from './write-session.js';

/** A new session, and why it may not take the place of the old one, if it may not. The caller removes the one that is left over. */
export interface Replacement {
  readonly created: CreatedSession;
  readonly lost: RefusalReason | undefined;
}

/**
 * Stores a session that is to take the place of `old`. The new record is there first, and lives only if the old one can be claimed after
 * it: what has been destroyed meanwhile does not come back under a new id (D2).
 */
export function* replaceSession(
  runtime: Runtime,
  old: LiveSession,
  { text, login }: Pick<NewSession, 'text' | 'login'>,
): Flow<Replacement> {
  const created = yield* createSession(runtime, { id: undefined, text, login });
  const claiming = writeSession(runtime, old, {
    text: undefined,
    amend: (envelope) => ({ ...envelope, generation: envelope.generation + 1, secrets: [] }),
  });
  const claimed = yield* wait(claiming);
  return { created, lost: 'lost' in claimed ? claimed.lost : undefined };
}
