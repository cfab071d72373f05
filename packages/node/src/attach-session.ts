import { type Awaitable, type ExchangeRequest, isPromiseLike, type Sessions } from '@sess/core';
import { easeGrowth } from './ease-growth.js';
import { type AttachOptions, HeldExchange } from './held-exchange.js';
import { holdResponse } from './hold-response.js';
import type { NodeResponse } from './response.js';
import type { NodeRequest } from './transport.js';

/**
 * Opens the session of a request and holds the response until the session is committed. Synchronous if the store is. What the
 * store throws at opening is thrown (or rejected); what goes wrong at the commit goes to `failed`. An upgrade has no response to hold, and
 * its session is for reading, as with `ServerSessions.read`.
 */
export function attachSession<T extends object>(
  sessions: Sessions<T>,
  request: NodeRequest,
  response: NodeResponse,
  options: AttachOptions,
): Awaitable<HeldExchange<T>> {
  easeGrowth(request, 'method');
  easeGrowth(response, 'req');
  const opened = sessions.open(new SessionRequest(request, options.isHttps));
  if (!isPromiseLike(opened)) return hold(new HeldExchange(sessions, opened, request, options), response);
  return opened.then((exchange) => hold(new HeldExchange(sessions, exchange, request, options), response));
}

function hold<T extends object>(held: HeldExchange<T>, response: NodeResponse): HeldExchange<T> {
  if (response.headersSent === undefined) {
    // That of an upgrade, an empty object or Socket.IO's stand-in, sends no head that could carry a cookie.
    held.exchange.sealHead();
    return held;
  }
  holdResponse(response, held);
  // If the client has gone, the handler may never end the response (a pipeline does not). If it does, all goes on as usual.
  response.on('close', () => held.close(response.writableEnded));
  // It may have gone while the store was asked.
  if (isGone(response) && !response.writableEnded) held.close(false);
  return held;
}

/** Whether the connection, or the stream of HTTP/2, has closed already. */
function isGone(response: NodeResponse): boolean {
  return 'stream' in response ? response.stream.destroyed : response.destroyed;
}

/** A class, because each object literal with a getter costs V8 a hidden class of its own. */
class SessionRequest implements ExchangeRequest {
  readonly #request: NodeRequest;
  readonly #isHttps: () => boolean;

  constructor(request: NodeRequest, isHttps: () => boolean) {
    this.#request = request;
    this.#isHttps = isHttps;
    // A closed stream of HTTP/2 does not know its connection any more.
    if ('stream' in request) {
      const https = isHttps();
      this.#isHttps = () => https;
    }
  }

  get cookie(): string | undefined {
    return this.#request.headers.cookie;
  }

  /** Read only when there is a cookie to send. */
  get https(): boolean {
    return this.#isHttps();
  }
}
