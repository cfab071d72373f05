import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type DataOf,
  isPromiseLike,
  type Schema,
  type SessionData,
  type Sessions,
  type TypedOptions,
  type UntypedData,
} from '@sess/core';
import {
  Attachment,
  attachSession,
  createNodeSessions,
  exposeNodeAdmin,
  type HeldExchange,
  type NodeSessionAdmin,
  printUnheard,
} from '@sess/node';
import type { NextFunction, Request } from 'express';
import { ExpressHandle } from './express-handle.js';
import type { ExpressSession } from './express-session.js';
import { type ExpressSessionOptions, refuseForeignOptions } from './options.js';
import { sessionIdProperty } from './session-id.js';

/** Not the whole of Express's own type: before a handler in one route, that would take the types of the route's parameters from it. */
type SecureRequest = IncomingMessage & Pick<Request, 'secure'>;

/** The middleware that gives requests their sessions, plus session management. */
export interface SessionMiddleware<T extends object = UntypedData> extends NodeSessionAdmin<T> {
  (request: SecureRequest, response: ServerResponse, next: NextFunction): void;
  /** The session of a request that has passed this middleware, fully typed. Throws `ERR_SESS_CONFIG` for any other. */
  of(request: object): ExpressSession<T>;
}

const trustRemedy = "Tell Express to trust its proxy: app.set('trust proxy', 1).";

/**
 * Creates the middleware: `app.use(session({ secret }))`. The data is typed by `schema`, or by a type parameter,
 * `session<{ name?: string }>({ … })`. Throws `ERR_SESS_CONFIG` for options that cannot work.
 */
export function session<T extends object & SessionData<T> = UntypedData, S extends Schema | undefined = undefined>(
  options: TypedOptions<T, S, ExpressSessionOptions<DataOf<T, S>>>,
): SessionMiddleware<DataOf<T, S>> {
  refuseForeignOptions(options);
  const sessions = createNodeSessions<T, S>(options, {
    optionNames: ['resave', 'saveUninitialized'],
    trustRemedy,
    createHandle: (host) => new ExpressHandle(host),
  });
  return createMiddleware(sessions, exposeNodeAdmin(sessions, options));
}

function createMiddleware<D extends object>(sessions: Sessions<D>, admin: NodeSessionAdmin<D>): SessionMiddleware<D> {
  const attached = new Attachment(sessions, 'Call app.use(sessions) before the routes that use sessions.of(req).');
  const middleware = (request: SecureRequest, response: ServerResponse, next: NextFunction): void => {
    const enter = (held: HeldExchange<D>): void => {
      attached.add(request, held);
      Object.defineProperty(request, 'sessionID', sessionIdProperty);
      next();
    };
    try {
      // Mounted twice for one request, it is still one session.
      if (attached.has(request)) {
        next();
        return;
      }
      const opened = attachSession(sessions, request, response, {
        isHttps: () => request.secure,
        trustRemedy,
        failed: (error) => {
          // Express's error handlers, which would print the error, cannot handle an answer that was broken off.
          if (response.headersSent) printUnheard(sessions, error);
          else next(error);
        },
      });
      if (isPromiseLike(opened)) opened.then(enter, next);
      else enter(opened);
    } catch (error) {
      next(error);
    }
  };
  return Object.assign(middleware, admin, {
    of: (request: object) => attached.of(request) as ExpressSession<D>,
  });
}
