import { SessError } from '../errors.js';
import { type Flow, wait } from '../flow.js';
import { type Envelope, encodeBody, makeRecord } from '../record.js';
import type { Runtime } from '../runtime.js';
import { createBearer, createId } from '../token.js';
import type { NewBearer } from './browser-token.js';
import { type LiveSession, nextExpiry } from './live-session.js';
import { type Login, noteLogin } from './login.js';

/** What a new session begins with. */
export interface NewSession {
  /** The id it already has in this exchange, if that has been asked for. */
  readonly id: string | undefined;
  /** The data's text. */
  readonly text: string;
  /** The login it begins with, if any. */
  readonly login: Login | undefined;
}

/** Ids are random; a third collision in a row means that the random source is broken. */
const mostCollisions = 3;

/** A session that has just been stored, and its token. */
export interface CreatedSession {
  readonly live: LiveSession;
  readonly next: NewBearer;
}

/** Stores a new session. */
export function* createSession(runtime: Runtime, { id, text, login }: NewSession): Flow<CreatedSession> {
  let newId = id ?? createId();
  for (let collisions = 0; collisions < mostCollisions; collisions++) {
    const bearer = createBearer(newId);
    const hash = yield* wait(runtime.digest.hash(bearer));
    const now = runtime.now();
    const fresh = { generation: 0, createdAt: now, updatedAt: now, secrets: [{ hash, issuedAt: now }] };
    const envelope: Envelope = login === undefined ? fresh : noteLogin(fresh, login, now);
    const subject = login?.subject;
    const record = makeRecord(newId, 1, nextExpiry(runtime, envelope, now), subject, encodeBody(envelope, text));
    try {
      if ((yield* wait(runtime.store.create(record))) === 'created') {
        runtime.events.emit('created', { id: newId, subject });
        runtime.sweepSometimes();
        return { live: { record, envelope, baseText: text }, next: { bearer, hash } };
      }
    } catch (error) {
      // If it was stored all the same, nobody will ever be sent its token, and it would count against the limit.
      if (login !== undefined) runtime.subjects.discardLater(newId, 'login', hash);
      throw error;
    }
    newId = createId();
  }
  throw new SessError(
    'ERR_SESS_STORE',
    `The store answered 'exists' to ${mostCollisions} random ids in a row: either its create is wrong or the random source repeats itself.`,
  );
}
