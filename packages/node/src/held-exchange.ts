import {
  type Awaitable,
  chain,
  type Exchange,
  type HeadAdditions,
  isPromiseLike,
  type Sessions,
  untrustedProxy,
} from '@sess/core';
import { printUnheard } from './print-unheard.js';
import type { ResponseHooks } from './response-hooks.js';
import { type NodeRequest, readProtocolHint } from './transport.js';

/** What a framework knows about the request, and how it handles a failed commit. */
export interface AttachOptions {
  /** Whether the request came over HTTPS, as far as the framework has been told whom to trust. */
  readonly isHttps: () => boolean;
  /** How to tell the framework that it is behind a proxy, for the warning that it was not told. */
  readonly trustRemedy: string;
  /**
   * Answers the request instead of the handler, whose answer could not be sent because the commit failed. Called like
   * `ResponseHooks.failed`: the answer may have begun to leave.
   */
  readonly failed: (error: unknown) => void;
}

/** An exchange whose response is held: committed when the head is about to leave. */
export class HeldExchange<T extends object> implements ResponseHooks {
  readonly exchange: Exchange<T>;
  readonly sessions: Sessions<T>;
  readonly #request: NodeRequest;
  readonly #options: AttachOptions;
  #hasFailed = false;
  #isAbandoned = false;
  /** A commit or an end that is under way. */
  #underWay: PromiseLike<unknown> | undefined;

  constructor(sessions: Sessions<T>, exchange: Exchange<T>, request: NodeRequest, options: AttachOptions) {
    this.sessions = sessions;
    this.exchange = exchange;
    this.#request = request;
    this.#options = options;
  }

  /**
   * Stores what the handler has done so far, so that the caller gets any error. After a failure the response passes unchanged: what
   * follows is the answer to the failure.
   */
  settle(): Awaitable<void> {
    if (this.#hasFailed) return;
    try {
      const settled = this.exchange.settle();
      if (isPromiseLike(settled)) return settled.then(undefined, (error) => this.#throw(error));
    } catch (error) {
      this.#throw(error);
    }
  }

  /** Whether the client has gone before the response was ended. */
  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  /** The connection has closed; `isEnded`: after the response had been ended. */
  close(isEnded: boolean): void {
    if (!isEnded) this.#isAbandoned = true;
    this.storeLate();
  }

  /**
   * Stores what the handler has done since the last time, for a response that has been ended or perhaps never will be. A failure can only be
   * reported to listeners.
   */
  storeLate(): void {
    if (this.#hasFailed) return;
    const underWay = this.#underWay;
    // If that fails, the application is told of it, and nothing is tried again behind its back.
    if (underWay !== undefined)
      underWay.then(
        () => this.#storeNow(),
        () => {},
      );
    else this.#storeNow();
  }

  beforeHead(): Awaitable<HeadAdditions | undefined> {
    if (this.#hasFailed) return undefined;
    const committed = chain(this.exchange.commit(), (additions) => {
      if (additions?.setCookie !== undefined) this.#lookForProxy();
      return additions;
    });
    return this.#follow(committed);
  }

  beforeEnd(): Awaitable<void> {
    return this.#hasFailed ? undefined : this.#follow(this.exchange.finish());
  }

  #follow<R>(work: Awaitable<R>): Awaitable<R> {
    if (isPromiseLike(work)) this.#underWay = work;
    return work;
  }

  #storeNow(): void {
    const report = (error: unknown) => {
      this.sessions.report('error', { error });
      printUnheard(this.sessions, error);
    };
    try {
      const stored = this.exchange.storeLate();
      if (isPromiseLike(stored)) stored.then(undefined, report);
    } catch (error) {
      report(error);
    }
  }

  failed(error: unknown): void {
    this.#fail(error);
    this.#options.failed(error);
  }

  #throw(error: unknown): never {
    this.#fail(error);
    throw error;
  }

  #fail(error: unknown): void {
    this.#hasFailed = true;
    this.sessions.report('error', { error });
  }

  /** A cookie without `Secure` on a request that a proxy seems to have received over HTTPS: somebody forgot to trust the proxy. */
  #lookForProxy(): void {
    if (this.sessions.cookie.secure !== 'auto' || this.#options.isHttps()) return;
    if (readProtocolHint(this.#request) !== 'https') return;
    this.sessions.report('insecure', untrustedProxy(this.#options.trustRemedy));
  }
}
