import { findCookies } from '../cookie/find-cookie.js';
import type { RefusalReason } from '../events.js';
import { type Flow, wait } from '../flow.js';
import { decodeBody } from '../record.js';
import type { Runtime } from '../runtime.js';
import { findSecret } from '../secrets.js';
import { parseToken, type Token } from '../token.js';
import { isOver, type LiveSession } from './live-session.js';

/** What an exchange needs to know of its request. */
export interface ExchangeRequest {
  /** The request's `Cookie` header; `undefined` if it has none. */
  readonly cookie: string | undefined;
  /** Whether the request came over HTTPS, as far as the server's owner vouches for it. Read only when a cookie is to be sent. */
  readonly https: boolean;
}

/** A request's cookie, found to open a session. */
export interface Admission {
  readonly live: LiveSession;
  /** The data as loaded, to be handed to one handler. */
  readonly data: object;
  /** The bearer part that the browser showed. */
  readonly bearer: string;
  /** The hash of its secret, which is one of the session's. */
  readonly shown: string;
  /** Whether the token was signed by an older key and is to be sent anew. */
  readonly isStale: boolean;
}

interface Refusal {
  readonly reason: RefusalReason;
  readonly id?: string;
}

/**
 * Finds the session that a `Cookie` header opens. `undefined` if there is none; why, an event tells. Nothing in the header makes it
 * throw (S4), and nothing but a reused secret makes it write (S3).
 */
export function* admit(runtime: Runtime, header: string | undefined): Flow<Admission | undefined> {
  const values = findCookies(header, runtime.cookieName);
  if (values.length === 0) return undefined;
  const result = yield* tryToAdmit(runtime, values);
  if ('live' in result) {
    const { id, subject } = result.live.record;
    runtime.events.emit('loaded', { id, subject });
    return result;
  }
  const { reason, id } = result;
  if (reason === 'expired' && id !== undefined) runtime.events.emit('expired', { id });
  runtime.events.emit('refused', { id, reason, at: 'open' });
  return undefined;
}

/** The first cookie that opens a session. One left behind by another path or domain comes first for ever, and must not lock its user out. */
function* tryToAdmit(runtime: Runtime, values: readonly string[]): Flow<Admission | Refusal> {
  let refusal: Refusal = { reason: 'malformed' };
  const reused = new Set<string>();
  for (const value of values) {
    const token = parseToken(value);
    if (token === undefined) continue;
    const verdict = yield* runtime.keyring.verify(token);
    const result =
      verdict === 'forged'
        ? ({ reason: 'forged', id: token.id } as const)
        : yield* openSession(runtime, token, verdict === 'stale');
    if ('live' in result) {
      yield* endReused(runtime, reused, result.live.record.id);
      return result;
    }
    if (result.reason === 'reused') reused.add(token.id);
    refusal = result;
  }
  yield* endReused(runtime, reused, undefined);
  return refusal;
}

function* openSession(runtime: Runtime, token: Token, isStale: boolean): Flow<Admission | Refusal> {
  const { id, bearer } = token;
  const askedAt = runtime.now();
  const record = yield* runtime.store.read(id);
  if (record === undefined) return { reason: 'unknown', id };
  const decoded = decodeBody(record.body);
  if (typeof decoded === 'string') return { reason: 'corrupt', id };
  const { envelope, dataText } = decoded;

  const hash = yield* wait(runtime.digest.hash(bearer));
  const now = runtime.now();
  if (isOver(runtime, record, envelope, now)) {
    // If it was alive when the store was asked, another request may have kept it so while the answer was under way (E2).
    return isOver(runtime, record, envelope, askedAt)
      ? { reason: 'expired', id }
      : yield* openSession(runtime, token, isStale);
  }
  const secretIndex = findSecret(envelope.secrets, hash, now);
  if (typeof secretIndex === 'string') return { reason: secretIndex, id };

  const loaded = yield* runtime.data.load(dataText);
  if (typeof loaded === 'string') return { reason: loaded, id };
  return { live: { record, envelope, baseText: loaded.text }, data: loaded.data, bearer, shown: hash, isStale };
}

/**
 * Ends the sessions whose replaced secrets were shown after their grace. But a browser that also shows the present secret of such a session, `opened`, has merely
 * kept an old cookie beside the new one, under another path for instance.
 */
function* endReused(runtime: Runtime, reused: ReadonlySet<string>, opened: string | undefined): Flow<void> {
  for (const id of reused) {
    if (id === opened) continue;
    yield* runtime.store.destroy(id);
    runtime.events.emit('destroyed', { id, by: 'reuse' });
  }
}
