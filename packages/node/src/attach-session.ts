import { type Awaitable, type ExchangeRequest, isPromiseLike, type Sessions } from '@sess/core';
import { easeGrowth } from './ease-growth.js';
import { HeldExchange } from './held-exchange.js';
import { holdResponse } from './hold-response.js';
import type { NodeResponse } from './response.js';
import type { NodeRequest } from './transport.js';

/** What a framework knows better than the request, and does with a failed commit. */
export interface AttachOptions {
  /** Whether the request came over HTTPS, as far as the framework has been told to trust what says so. */
  readonly isHttps: () => boolean;
  /** How to tell the framework that it is behind a proxy, for the warning that it was not told. */
  readonly trustRemedy: string;
  /**
   * Answers the request in place of the handler, whose answer could not be sent because the commit had failed. Called as
   * `ResponseHooks.failed` is: the answer may have begun to leave.
   */
  readonly failed: (error: unknown) => void;
}

/**
 * Opens the session of a request and holds the response until the session is committed. Answers at once if the store does. What the
 * store throws at opening is thrown (or rejected); what goes wrong at the commit goes to `failed`.
 */
export function attachSession<T extends object>(
  sessions: Sessions<T>,
  request: NodeRequest,
  response: NodeResponse,
  options: AttachOptions,
): Awaitable<HeldExchange<T>> {
  const { failed } = options;
  easeGrowth(request, 'method');
  easeGrowth(response, 'req');
  const opened = sessions.open(new SessionRequest(request, options.isHttps));
  const hold = (exchange: Awaited<typeof opened>): HeldExchange<T> => {
    const held = new HeldExchange(sessions, exchange, request, options);
    holdResponse(response, {
      beforeHead: () => held.beforeHead(),
      beforeEnd: () => held.beforeEnd(),
      failed: (error) => {
        sessions.report('error', { error });
        failed(error);
      },
    });
    return held;
  };
  return isPromiseLike(opened) ? opened.then(hold) : hold(opened);
}

/** A class, because an object literal with a getter of its own costs V8 a hidden class for each object. */
class SessionRequest implements ExchangeRequest {
  readonly #request: NodeRequest;
  readonly #isHttps: () => boolean;

  constructor(request: NodeRequest, isHttps: () => boolean) {
    this.#request = request;
    this.#isHttps = isHttps;
  }

  get cookie(): string | undefined {
    return this.#request.headers.cookie;
  }

  /** Asked only when there is a cookie to send. */
  get https(): boolean {
    return this.#isHttps();
  }
}
