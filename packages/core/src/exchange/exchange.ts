import { expiryAt } from '../expiry.js';
import { chain, type Flow, fail, isPromiseLike, type Waiting, wait } from '../flow.js';
import type { DrawnData } from '../initial-data.js';
import type { Runtime } from '../runtime.js';
import type { LoginOptions, Session } from '../session.js';
import type { SessionHost } from '../session-handle.js';
import type { Awaitable } from '../store.js';
import { assertSubject } from '../subject.js';
import type { Admission, ExchangeRequest } from './admit.js';
import { endedError, headSentError } from './exchange-errors.js';
import type { Fields } from './handed-data.js';
import { endOf, expiryAfterWrite, hasPersistentCookie, isRemembered } from './live-session.js';
import { assertNewData, isKeep, readKeep, readRemember } from './verb-options.js';
import { VerbQueue } from './verb-queue.js';
import { WorkingSession } from './working-session.js';

/** The headers that a commit asks the response to carry. */
export interface HeadAdditions {
  /** A `Set-Cookie` value, to be added to others. */
  readonly setCookie?: string;
  /** What to add to `Vary`: the response depends on the session. */
  readonly vary?: 'Cookie';
  /** Whether to pass the response's `Cache-Control` through `cacheControlWithCookie`. */
  readonly noStore?: boolean;
  /** A `Clear-Site-Data` value. */
  readonly clearSiteData?: string;
}

const varyByCookie: HeadAdditions = Object.freeze({ vary: 'Cookie' });

/** One request's use of a session: opened from its cookies, committed once, before the first byte of the response. */
export class Exchange<T extends object = Record<string, unknown>> implements SessionHost {
  readonly #runtime: Runtime;
  readonly #request: ExchangeRequest;
  readonly #work: WorkingSession;
  readonly #queue = new VerbQueue();
  readonly #openedAt: number;
  #isCommitted = false;
  /** Why the store could not be read, if the request continues without it. */
  readonly #outage: unknown;

  /** Made by `Sessions.open`. */
  constructor(
    runtime: Runtime,
    request: ExchangeRequest,
    admission: Admission | undefined,
    drawn?: DrawnData,
    outage?: unknown,
  ) {
    this.#runtime = runtime;
    this.#request = request;
    this.#outage = outage;
    this.#openedAt = admission?.openedAt ?? runtime.now();
    this.#work = new WorkingSession(runtime, this, request, admission, drawn);
  }

  /** The session, for the handler: the same object each time, unless `detachSession` is called. */
  get session(): Session<T> {
    return this.#work.data.handle as unknown as Session<T>;
  }

  /**
   * Stores what the handler has done so far; may be called repeatedly, before or after the commit. For a framework that can handle errors
   * before the head. After the commit it throws `ERR_SESS_HEADERS_SENT` for a new session, whose cookie can no longer be sent.
   */
  settle(): Awaitable<void> {
    // Most visitors of most sites: no cookie, and nobody asked for a session.
    if (this.#work.live === undefined && !this.#work.data.wasHandedOut && this.#queue.isUnused) return;
    const verbs = this.#queue.drain();
    if (isPromiseLike(verbs)) return chain(verbs, () => this.settle());
    if (this.#outage === undefined) return this.#queue.occupy(this.#work.settle());
    if (this.#work.hasChanged()) throw this.#outage;
  }

  /**
   * Stores what the handler has done and returns the headers for the response, whose first byte must not leave before; `undefined` for
   * none. To be called once. Throws what validation, the merge rules and the store throw.
   */
  commit(): Awaitable<HeadAdditions | undefined> {
    const settled = this.settle();
    return isPromiseLike(settled) ? chain(settled, () => this.#close()) : this.#close();
  }

  /** Like `settle`, for a response whose head has left: no cookie will be sent any more. */
  finish(): Awaitable<void> {
    this.#work.isHeadSent = true;
    return this.settle();
  }

  /**
   * Stores what the handler has changed or ended since the last time, for a response that is over. It neither extends nor rotates the session, since
   * no request has come, and does not store a new one that was never committed, since nobody has been sent its cookie.
   */
  storeLate(): Awaitable<void> {
    this.#work.isResponseOver = true;
    // After the commit an event tells of verbs that fail.
    const verbs = this.#isCommitted ? this.#queue.whenIdle() : this.#queue.drain();
    return chain(verbs, () => {
      const isFresh = this.#work.live === undefined && !this.#isCommitted;
      if (this.#outage !== undefined || isFresh) return;
      if (this.#work.end.isOwed || this.#work.hasChanged()) return this.#queue.occupy(this.#work.settle());
    });
  }

  /** Prevents a cookie from being sent, for a request that has no response of its own. */
  sealHead(): void {
    this.#work.isHeadSent = true;
    // No commit will come to drain the queue.
    this.#queue.reportTo(this.#runtime.events);
  }

  /**
   * Leaves the current session object as a read-only snapshot and hands out another from now on, as express-session's users
   * expect of `regenerate`; does nothing if that verb, with these `options`, will be refused.
   */
  detachSession(options?: unknown): void {
    if (this.#work.end.isEnded || this.#work.isHeadSent || this.#outage !== undefined || !isKeep(options)) return;
    this.#work.data.detach();
  }

  get id(): string {
    return this.#work.id;
  }

  get isNew(): boolean {
    return this.#work.isNew;
  }

  get isEnded(): boolean {
    return this.#work.end.isEnded;
  }

  get subject(): string | undefined {
    return this.#work.live?.record.subject;
  }

  get createdAt(): number {
    return this.#work.live?.envelope.createdAt ?? this.#openedAt;
  }

  get authenticatedAt(): number | undefined {
    return this.#work.live?.envelope.authenticatedAt;
  }

  get isRemembered(): boolean {
    const { live } = this.#work;
    return live !== undefined && isRemembered(this.#runtime, live.envelope);
  }

  get expiresAt(): number {
    const { live } = this.#work;
    const { expiry } = this.#runtime;
    if (live === undefined) return expiryAt(expiry, this.#openedAt, this.#openedAt);
    return expiryAfterWrite(this.#runtime, live.record, live.envelope, this.#runtime.now());
  }

  get now(): number {
    return this.#runtime.now();
  }

  save(): Promise<void> {
    return this.#do('save', () => wait(this.#work.store()));
  }

  reload(): Promise<void> {
    const noted = this.#work.data.note();
    return this.#do('reload', () => this.#noted(noted, this.#work.reload(noted)));
  }

  touch(): Promise<void> {
    return this.#do('touch', () => this.#work.touch());
  }

  replace(data: object): void {
    if (this.#work.end.isEnded) throw endedError('replace');
    assertNewData(data);
    this.#work.data.replace(data);
  }

  login(subject: string, options?: LoginOptions): Promise<void> {
    return this.#doWithCookie('login', () => {
      assertSubject(subject);
      return this.#work.login(subject, readRemember(this.#runtime, options));
    });
  }

  rotate(): Promise<void> {
    return this.#doWithCookie('rotate', () => this.#work.rotate());
  }

  regenerate(options?: { readonly keep?: readonly string[] }): Promise<void> {
    const noted = this.#work.data.note();
    return this.#doWithCookie('regenerate', () => this.#noted(noted, this.#work.regenerate(readKeep(options), noted)));
  }

  destroy(): Promise<void> {
    if (this.#outage !== undefined) return this.#queue.add(() => fail(this.#outage));
    this.#work.decideEnd(this.#request.cookie !== undefined);
    return this.#queue.add(() => this.#work.destroy());
  }

  /** Queues a verb. Whether the session has ended is checked now: a verb called before `destroy` does not fail, it finds nothing left to do. */
  #do(verb: string, flow: () => Waiting<void>): Promise<void> {
    if (this.#outage !== undefined) return this.#queue.add(() => fail(this.#outage));
    if (this.#work.end.isEnded) return this.#queue.add(() => fail(endedError(verb)));
    return this.#queue.add(() => this.#carryOut(verb, flow));
  }

  /** Checked when its turn comes: a commit that was under way when it was called may have closed the head. */
  #doWithCookie(verb: string, flow: () => Waiting<void>): Promise<void> {
    return this.#do(verb, () => (this.#work.isHeadSent ? fail(headSentError(`session.${verb}()`)) : flow()));
  }

  /** Carries out a verb that needs to know what has been changed since it was called. */
  *#noted(noted: Fields, flow: Flow<void>): Flow<void> {
    try {
      yield* flow;
    } finally {
      this.#work.data.drop(noted);
    }
  }

  *#carryOut(verb: string, flow: () => Waiting<void>): Flow<void> {
    yield* flow();
    if (this.#work.end.isLost) throw endedError(verb);
    // The handler goes on, for nobody knows how long.
    this.#work.token.loseSight();
  }

  /** Prevents further cookies, and returns the headers to add. */
  #close(): Awaitable<HeadAdditions | undefined> {
    const { live, token } = this.#work;
    this.#work.isHeadSent = true;
    this.#isCommitted = true;
    return chain(live && token.confirm(this.#runtime, live.record), () => {
      this.#queue.reportTo(this.#runtime.events);
      const vary = this.#work.data.wasHandedOut ? varyByCookie : undefined;
      return token.need === 'none' ? vary : chain(this.#setCookie(), (setCookie) => this.#addCookie(vary, setCookie));
    });
  }

  #addCookie(vary: HeadAdditions | undefined, setCookie: string | undefined): HeadAdditions | undefined {
    if (setCookie === undefined) return vary;
    const { clearSiteData } = this.#runtime;
    const isLogout = this.#work.token.need === 'removal' && clearSiteData !== '';
    return { ...vary, setCookie, noStore: true, ...(isLogout ? { clearSiteData } : undefined) };
  }

  #setCookie(): Awaitable<string | undefined> {
    const { cookies, keyring } = this.#runtime;
    const { live, token } = this.#work;
    const { https } = this.#request;
    if (!cookies.canSend(https)) {
      this.#runtime.events.emit('insecure', this.#runtime.unsendableCookie);
      return undefined;
    }
    if (token.need === 'removal' || live === undefined) return cookies.clear(https);
    const { record, envelope } = live;
    const lifetime = endOf(this.#runtime, record, envelope) - this.#runtime.now();
    // The store was so slow that the session has expired: a cookie with no time left would only remove another.
    if (!(lifetime > 0)) return undefined;
    const isPersistent = hasPersistentCookie(this.#runtime, envelope);
    return chain(keyring.sign(token.bearer), (signed) => cookies.set(signed, lifetime, https, isPersistent));
  }
}
