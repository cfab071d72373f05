import { type Awaitable, type Exchange, type HeadAdditions, isPromiseLike, type Sessions } from '@sess/core';
import { holdResponse } from './hold-response.js';
import type { NodeResponse } from './response.js';
import { type NodeRequest, readProtocolHint } from './transport.js';

/** What a framework knows better than the request, and does with a failed commit. */
export interface AttachOptions {
  /** Whether the request came over HTTPS, as far as the framework has been told to trust what says so. */
  readonly isHttps: () => boolean;
  /** Answers the request in place of the handler, whose answer could not be sent because the commit had failed. */
  readonly failed: (error: unknown) => void;
  /** How to tell the framework that it is behind a proxy, for the warning that it was not told. */
  readonly trustRemedy: string;
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
): Awaitable<Exchange<T>> {
  const { isHttps } = options;
  const opened = sessions.open({
    cookie: request.headers.cookie,
    get https() {
      return isHttps();
    },
  });
  const hold = (exchange: Exchange<T>): Exchange<T> => {
    holdResponse(response, {
      beforeHead: () => then(exchange.commit(), (additions) => hint(sessions, request, options, additions)),
      beforeEnd: () => exchange.finish(),
      failed: (error) => {
        sessions.report('error', { error });
        options.failed(error);
      },
    });
    return exchange;
  };
  return then(opened, hold);
}

function then<A, B>(value: Awaitable<A>, next: (value: A) => B): Awaitable<B> {
  return isPromiseLike(value) ? value.then(next) : next(value);
}

/** A cookie without `Secure` on a request that a proxy seems to have received over HTTPS: somebody forgot to trust the proxy. */
function hint<T extends object>(
  sessions: Sessions<T>,
  request: NodeRequest,
  { isHttps, trustRemedy }: AttachOptions,
  additions: HeadAdditions | undefined,
): HeadAdditions | undefined {
  const isSuspect = additions?.setCookie !== undefined && sessions.cookie.secure === 'auto' && !isHttps();
  if (isSuspect && readProtocolHint(request) === 'https') {
    sessions.report('insecure', {
      problem: 'proxy-not-trusted',
      remedy:
        'A session cookie was sent without Secure, though a proxy says that the browser used HTTPS. ' + trustRemedy,
    });
  }
  return additions;
}
