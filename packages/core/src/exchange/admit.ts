import { findCookies } from '../cookie/find-cookie.js';
import type { TextedData } from '../data-format.js';
import type { RefusalReason } from '../events.js';
import { chain, type Flow, isPromiseLike, run, wait } from '../flow.js';
import { decodeBody } from '../record.js';
import type { Runtime } from '../runtime.js';
import { findSecret } from '../secrets.js';
import type { Awaitable, SessionRecord } from '../store.js';
import { parseToken, type Token } from '../token.js';
import { isOver, type LiveSession } from './live-session.js';

/** What an exchange needs to know about its request. */
export interface ExchangeRequest {
  /** The request's `Cookie` header; `undefined` if it has none. */
  readonly cookie: string | undefined;
  /** Whether the request came over HTTPS, as far as the server's owner vouches for it. Read only when a cookie is to be sent. */
  readonly https: boolean;
}

/** A request's cookie that opens a session. */
export interface Admission {
  readonly live: LiveSession;
  /** The data as loaded, to be handed to one handler. */
  readonly loaded: TextedData;
  /** The bearer part that the browser showed. */
  readonly bearer: string;
  /** The hash of its secret, which is one of the session's. */
  readonly shown: string;
  /** Whether the token was signed with an older key and must be sent again. */
  readonly isStale: boolean;
  /** Epoch ms. */
  readonly openedAt: number;
}

interface Refusal {
  readonly reason: RefusalReason;
  readonly id?: string;
}

type Attempt = Admission | Refusal;

/**
 * Finds the session that a `Cookie` header opens. `undefined` if there is none; an event says why. Nothing in the header makes it
 * throw (S4), and nothing but a reused secret makes it write (S3).
 */
export function admit(runtime: Runtime, header: string | undefined): Awaitable<Admission | undefined> {
  const values = findCookies(header, runtime.cookieName);
  const [value] = values;
  if (value === undefined) return undefined;
  const first = openCookie(runtime, value);
  // Nearly always the first cookie opens its session.
  if (!isPromiseLike(first) && 'live' in first) return report(runtime, first);
  return chain(run(admitFirst(runtime, first, values.slice(1))), (attempt) => report(runtime, attempt));
}

/** Emits the outcome of a cookie. */
function report({ events }: Runtime, attempt: Attempt): Admission | undefined {
  if ('live' in attempt) {
    const { id, subject } = attempt.live.record;
    events.emit('loaded', { id, subject });
    return attempt;
  }
  const { reason, id } = attempt;
  if (reason === 'expired' && id !== undefined) events.emit('expired', { id });
  events.emit('refused', { id, reason, at: 'open' });
  return undefined;
}

/** The first cookie that opens a session: one left behind under another path or domain may always come first, and must not lock its user out. */
function* admitFirst(runtime: Runtime, first: Awaitable<Attempt>, others: readonly string[]): Flow<Attempt> {
  const reused = new Set<string>();
  let refusal: Refusal = { reason: 'malformed' };
  for (const next of [() => first, ...others.map((value) => () => openCookie(runtime, value))]) {
    const attempt = yield* wait(next());
    if ('live' in attempt) {
      yield* endReused(runtime, reused, attempt.live.record.id);
      return attempt;
    }
    if (attempt.reason === 'reused' && attempt.id !== undefined) reused.add(attempt.id);
    if (attempt.reason !== 'malformed') refusal = attempt;
  }
  yield* endReused(runtime, reused, undefined);
  return refusal;
}

function openCookie(runtime: Runtime, value: string): Awaitable<Attempt> {
  const token = parseToken(value);
  if (token === undefined) return { reason: 'malformed' };
  return chain(runtime.keyring.verify(token), (verdict) =>
    verdict === 'forged' ? { reason: 'forged', id: token.id } : openSession(runtime, token, verdict === 'stale'),
  );
}

function openSession(runtime: Runtime, token: Token, isStale: boolean): Awaitable<Attempt> {
  const askedAt = runtime.now();
  return chain(runtime.store.read(token.id), (record) =>
    record === undefined
      ? { reason: 'unknown', id: token.id }
      : openRecord(runtime, { token, isStale, record, askedAt }),
  );
}

/** A record that the store returned for a token, and when it was asked. */
interface FoundRecord {
  readonly token: Token;
  readonly isStale: boolean;
  readonly record: SessionRecord;
  readonly askedAt: number;
}

function openRecord(runtime: Runtime, { token, isStale, record, askedAt }: FoundRecord): Awaitable<Attempt> {
  const { id, bearer } = token;
  const decoded = decodeBody(record.body);
  if (typeof decoded === 'string') return { reason: 'corrupt', id };
  const { envelope, dataText } = decoded;
  return chain(runtime.digest.hash(bearer), (hash) => {
    const now = runtime.now();
    if (isOver(runtime, record, envelope, now)) {
      // If it was alive when the store was asked, another request may have extended it in the meantime (E2).
      return isOver(runtime, record, envelope, askedAt)
        ? { reason: 'expired', id }
        : openSession(runtime, token, isStale);
    }
    const secretIndex = findSecret(envelope.secrets, hash, now);
    if (typeof secretIndex === 'string') return { reason: secretIndex, id };
    return chain(runtime.data.load(dataText), (loaded) => {
      if (typeof loaded === 'string') return { reason: loaded, id };
      return { live: { record, envelope, baseText: loaded.text }, loaded, bearer, shown: hash, isStale, openedAt: now };
    });
  });
}

/**
 * Ends the sessions whose replaced secrets were shown after their grace. Spares the session `opened`: a browser that shows its current
 * secret too has merely kept an old cookie alongside the new one, under another path for instance.
 */
function* endReused(runtime: Runtime, reused: ReadonlySet<string>, opened: string | undefined): Flow<void> {
  for (const id of reused) {
    if (id === opened) continue;
    yield* wait(runtime.store.destroy(id));
    runtime.events.emit('destroyed', { id, by: 'reuse' });
  }
}
