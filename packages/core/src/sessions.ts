import type { CookiePolicy } from './cookie/cookie-options.js';
import { createRuntime } from './create-runtime.js';
import { configError, SessError } from './errors.js';
import { eventNames, type SessionEvents, type SessionListener, type SessionObserver } from './events.js';
import { type Admission, admit, type ExchangeRequest } from './exchange/admit.js';
import { Exchange } from './exchange/exchange.js';
import { endOf, isRemembered, lastSeenAt } from './exchange/live-session.js';
import type { ExpiryPolicy } from './expiry.js';
import { chain, type Flow, isPromiseLike, run, wait } from './flow.js';
import type { AdapterOptions, DataOf, SessionOptions, TypedOptions } from './options.js';
import type { Runtime } from './runtime.js';
import type { Schema } from './schema.js';
import type { Session, SessionData, UntypedData } from './session.js';
import { type Awaitable, isClosable, isSweepable, type SessionStore } from './store.js';
import { assertSubject } from './subject.js';
import type { SubjectSession } from './subject-sessions.js';

/** A session as a list shows it. Nothing in it gives access to the session. */
export interface SessionSummary<T extends object = UntypedData> {
  /** For `sessions.revoke`. */
  readonly id: string;
  /** `undefined` before the first login. */
  readonly subject: string | undefined;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Epoch ms of the last login. */
  readonly authenticatedAt: number | undefined;
  /** Whether the limits of `remember` apply, as its last login asked. */
  readonly isRemembered: boolean;
  /** Epoch ms of the last request, to within `touchEvery`; of the last write, once the absolute timeout caps `expiresAt` and hides activity. */
  readonly lastSeenAt: number;
  /** Epoch ms. */
  readonly expiresAt: number;
  /** What the application has stored, such as a user agent or a location. */
  readonly data: Readonly<T>;
}

/** Opens, lists and ends sessions. The framework adapters are built on it. */
export class Sessions<T extends object = UntypedData> {
  readonly #runtime: Runtime;
  readonly #store: SessionStore;
  /** The time limits in force, in ms (ASVS 7.1.1). */
  readonly expiry: ExpiryPolicy;
  /** The time limits of remembered sessions, in ms; `undefined` without the option `remember`. */
  readonly rememberedExpiry: ExpiryPolicy | undefined;
  /** The cookie's attributes in force. */
  readonly cookie: CookiePolicy;

  /** Use `createSessions`. */
  constructor(options: SessionOptions<T> & { readonly schema?: Schema | undefined }, adapter: AdapterOptions) {
    const { runtime, cookie } = createRuntime(options, adapter);
    this.#runtime = runtime;
    this.#store = options.store;
    this.expiry = runtime.expiry;
    this.rememberedExpiry = runtime.rememberedExpiry;
    this.cookie = cookie;
  }

  /**
   * Opens the session of a request: its cookie's, or else a new one, which is stored only if something is written to it. Returns no
   * promise unless the store or the digest does. Throws, or rejects, if the store fails, unless `onStoreError` says otherwise.
   */
  open(request: ExchangeRequest): Awaitable<Exchange<T>> {
    const { ready } = this.#runtime.data.initial;
    return isPromiseLike(ready) ? Promise.resolve(ready.then(() => this.#open(request))) : this.#open(request);
  }

  /**
   * The session that a `Cookie` header opens, for reading where no response is given; `undefined` if it opens none. Nothing is stored,
   * except by those of the session's verbs that need no cookie (`save`, `touch`, `destroy`).
   */
  async read(cookie: string | undefined): Promise<Session<T> | undefined> {
    // Whether the request came over HTTPS matters to a cookie only, and none will be sent.
    const exchange = await this.open({ cookie, https: true });
    exchange.sealHead();
    return exchange.isNew ? undefined : exchange.session;
  }

  /** The live sessions of a subject, latest login first. Rejects with `ERR_SESS_UNSUPPORTED` if the store cannot list them. */
  async list(subject: string): Promise<readonly SessionSummary<T>[]> {
    assertSubject(subject);
    return await run(this.#list(subject));
  }

  /** The live session with this id, whoever holds it; `undefined` if there is none. This does not extend it. */
  async find(id: string): Promise<SessionSummary<T> | undefined> {
    assertId(id);
    return await run(this.#find(id));
  }

  /** Ends the session with this id, wherever it is in use. An unknown id is not an error. */
  async revoke(id: string): Promise<void> {
    assertId(id);
    await run(this.#runtime.subjects.end(id, 'revoke'));
  }

  /** Ends all sessions of a subject except the one with the id `except`; resolves to how many (ASVS 7.4.2, 7.4.3). */
  async revokeAll(subject: string, options: { readonly except?: string | undefined } = {}): Promise<number> {
    assertSubject(subject);
    return await run(this.#runtime.subjects.endAll(subject, readExcept(options)));
  }

  /** Removes up to `limit` expired records from the store; resolves to how many: 0 if the store needs no sweeping. */
  async sweep(limit = 1000): Promise<number> {
    const store = this.#store;
    return isSweepable(store) ? await this.#runtime.store.call('sweep', () => store.sweep(limit)) : 0;
  }

  /** Calls `listener` with every event called `name` from now on; the returned function stops that. */
  on<Name extends keyof SessionEvents>(name: Name, listener: SessionListener<Name>): () => void {
    if (!eventNames.includes(name)) {
      throw configError(`There is no event ${String(name)}. There are: ${eventNames.join(', ')}.`);
    }
    return this.#runtime.events.on(name, listener);
  }

  /** Calls `observer`, which must not throw, with every event, to be passed on. It does not count as a listener. */
  observe(observer: SessionObserver): void {
    this.#runtime.events.observe(observer);
  }

  /** Whether the event has listeners. */
  hasListeners(name: keyof SessionEvents): boolean {
    return this.#runtime.events.has(name);
  }

  /** Emits an event for something an adapter has noticed. */
  report<Name extends 'insecure' | 'error'>(name: Name, event: SessionEvents[Name]): void {
    this.#runtime.events.emit(name, event);
  }

  /** Closes the store, if it has anything to close. */
  async close(): Promise<void> {
    const store = this.#store;
    if (isClosable(store)) await this.#runtime.store.call('close', () => store.close());
  }

  #open(request: ExchangeRequest): Awaitable<Exchange<T>> {
    let admission: Awaitable<Admission | undefined>;
    try {
      admission = admit(this.#runtime, request.cookie);
    } catch (error) {
      return this.#openWithoutStore(request, error);
    }
    if (!isPromiseLike(admission)) return this.#begin(request, admission);
    const admitted = admission.then(
      (found) => this.#begin(request, found),
      (error) => this.#openWithoutStore(request, error),
    );
    return Promise.resolve(admitted);
  }

  /** Continues without the session that could not be read, if the application has chosen that. */
  #openWithoutStore(request: ExchangeRequest, error: unknown): Awaitable<Exchange<T>> {
    const isOutage = SessError.is(error, 'ERR_SESS_STORE') || SessError.is(error, 'ERR_SESS_STORE_TIMEOUT');
    this.#runtime.events.emit('error', { error });
    if (!isOutage || this.#runtime.onStoreError === 'throw') throw error;
    return this.#begin(request, undefined, error);
  }

  /** A new session's data is drawn when a handler asks for it; only that of an asynchronous schema is drawn here. */
  #begin(request: ExchangeRequest, admission: Admission | undefined, outage?: unknown): Awaitable<Exchange<T>> {
    const { initial } = this.#runtime.data;
    if (admission !== undefined || !initial.isAsync)
      return new Exchange<T>(this.#runtime, request, admission, undefined, outage);
    return chain(initial.draw(), (drawn) => new Exchange<T>(this.#runtime, request, undefined, drawn, outage));
  }

  *#list(subject: string): Flow<readonly SessionSummary<T>[]> {
    const summaries: SessionSummary<T>[] = [];
    for (const stored of yield* this.#runtime.subjects.list(subject)) {
      const summary = yield* this.#summarize(stored);
      if (summary !== undefined) summaries.push(summary);
    }
    return summaries;
  }

  *#find(id: string): Flow<SessionSummary<T> | undefined> {
    const stored = yield* this.#runtime.subjects.find(id);
    return stored && (yield* this.#summarize(stored));
  }

  *#summarize({ record, envelope, dataText }: SubjectSession): Flow<SessionSummary<T> | undefined> {
    const { id, subject } = record;
    const loaded = yield* wait(this.#runtime.data.load(dataText));
    if (typeof loaded === 'string') return undefined;
    const now = this.#runtime.now();
    const { createdAt, authenticatedAt } = envelope;
    return {
      ...{ id, subject, createdAt, authenticatedAt },
      isRemembered: isRemembered(this.#runtime, envelope),
      lastSeenAt: lastSeenAt(this.#runtime, record, envelope, now),
      expiresAt: endOf(this.#runtime, record, envelope),
      data: loaded.data as T,
    };
  }
}

/** A JavaScript caller may pass a request's value of any type: some stores would find nothing, and `revoke` would seem to have worked. */
function assertId(id: unknown): asserts id is string {
  if (typeof id === 'string') return;
  throw new SessError(
    'ERR_SESS_DATA',
    `The session id is of type ${id === null ? 'null' : typeof id}; it takes the text of \`session.id\`.`,
  );
}

/** Read with care: an option that is overlooked would end the session that was to be spared. */
function readExcept(options: unknown): string | undefined {
  const { except, ...others } = (typeof options === 'object' && options !== null ? options : { options }) as {
    readonly except?: unknown;
  };
  if (Object.keys(others).length === 0 && (except === undefined || typeof except === 'string')) return except;
  throw configError('revokeAll takes as its second argument { except: session.id }, the session to spare, or nothing.');
}

/**
 * Creates a session manager: `createSessions({ store, schema })` infers the data's type from the schema,
 * `createSessions<{ name?: string }>({ store })` takes it as it is. Throws `ERR_SESS_CONFIG` for options that cannot work.
 */
export function createSessions<
  T extends object & SessionData<T> = UntypedData,
  S extends Schema | undefined = undefined,
>(options: TypedOptions<T, S>, adapter: AdapterOptions = {}): Sessions<DataOf<T, S>> {
  return new Sessions<DataOf<T, S>>(options, adapter);
}
