import { type Awaitable, chain, type Exchange, type HeadAdditions, isPromiseLike, type Sessions } from '@sess/core';
import type { AttachOptions } from './attach-session.js';
import { type NodeRequest, readProtocolHint } from './transport.js';

/** An exchange whose response is held: committed when the head is about to leave, or earlier, by a framework with a place for it. */
export class HeldExchange<T extends object> {
  readonly exchange: Exchange<T>;
  readonly #sessions: Sessions<T>;
  readonly #request: NodeRequest;
  readonly #options: Pick<AttachOptions, 'isHttps' | 'trustRemedy'>;
  #state: 'open' | 'committed' | 'failed' = 'open';
  #additions: HeadAdditions | undefined;

  constructor(
    sessions: Sessions<T>,
    exchange: Exchange<T>,
    request: NodeRequest,
    options: Pick<AttachOptions, 'isHttps' | 'trustRemedy'>,
  ) {
    this.#sessions = sessions;
    this.exchange = exchange;
    this.#request = request;
    this.#options = options;
  }

  /**
   * Commits now, so that the caller gets what goes wrong; the response takes the headers along later. Nothing happens the
   * second time. After a failure the response passes as it is: what follows is the answer to the failure.
   */
  commit(): Awaitable<void> {
    if (this.#state !== 'open') return;
    try {
      const committed = this.#commit();
      if (isPromiseLike(committed)) {
        return committed.then(
          () => {},
          (error) => this.#fail(error),
        );
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What the held response needs before its head leaves. */
  beforeHead(): Awaitable<HeadAdditions | undefined> {
    if (this.#state === 'open') return this.#commit();
    if (this.#state === 'failed') return undefined;
    // Whoever came between the early commit and the head may have changed the session.
    return chain(this.exchange.finish(), () => this.#additions);
  }

  /** What the held response needs before its end leaves; nothing, if it is the answer to a failure. */
  beforeEnd(): Awaitable<void> {
    return this.#state === 'failed' ? undefined : this.exchange.finish();
  }

  #commit(): Awaitable<HeadAdditions | undefined> {
    return chain(this.exchange.commit(), (additions) => this.#keep(additions));
  }

  #fail(error: unknown): never {
    this.#state = 'failed';
    this.#sessions.report('error', { error });
    throw error;
  }

  #keep(additions: HeadAdditions | undefined): HeadAdditions | undefined {
    this.#state = 'committed';
    this.#additions = additions;
    if (additions?.setCookie !== undefined) this.#lookForProxy();
    return additions;
  }

  /** A cookie without `Secure` on a request that a proxy seems to have received over HTTPS: somebody forgot to trust the proxy. */
  #lookForProxy(): void {
    if (this.#sessions.cookie.secure !== 'auto' || this.#options.isHttps()) return;
    if (readProtocolHint(this.#request) !== 'https') return;
    this.#sessions.report('insecure', {
      problem: 'proxy-not-trusted',
      remedy: `A session cookie was sent without Secure, though a proxy says that the browser used HTTPS. ${this.#options.trustRemedy}`,
    });
  }
}
