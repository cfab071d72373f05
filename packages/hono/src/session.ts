import {
  assertOptions,
  type DataOf,
  type Schema,
  SessError,
  type Session,
  type SessionAdmin,
  type SessionData,
  type TypedOptions,
  type UntypedData,
} from '@sess/core';
import { type FetchExchange, type FetchSessionOptions, type FetchSessions, session as fetchSession } from '@sess/fetch';
import type { Context, MiddlewareHandler } from 'hono';

/** The options of `session()` on Hono. Errors are answered by `app.onError`. */
export type HonoSessionOptions<T extends object> = Omit<FetchSessionOptions<T>, 'onError'>;

/** What the middleware adds to Hono's environment: `c.var.session`, typed. */
export interface SessionEnv<T extends object = UntypedData> {
  Variables: { session: Session<T> };
}

/** The middleware that gives contexts their sessions, plus session management. */
export interface SessionMiddleware<T extends object = UntypedData>
  extends MiddlewareHandler<SessionEnv<T>>,
    SessionAdmin<T>,
    Pick<FetchSessions<T>, 'read'> {
  /** The session of a context that has passed this middleware, if there are several. Throws `ERR_SESS_CONFIG` for any other. */
  of(context: object): Session<T>;
}

/**
 * Creates the middleware: `new Hono().use(session({ secret }))`. The data is typed by `schema`, or by a type parameter. Throws
 * `ERR_SESS_CONFIG` for options that cannot work.
 */
export function session<T extends object & SessionData<T> = UntypedData, S extends Schema | undefined = undefined>(
  options: TypedOptions<T, S, HonoSessionOptions<DataOf<T, S>>>,
): SessionMiddleware<DataOf<T, S>> {
  assertOptions(options, 'Write app.use(session({ secret })), not app.use(session) or session(app).');
  return createMiddleware(fetchSession<T, S>(options as TypedOptions<T, S, FetchSessionOptions<DataOf<T, S>>>));
}

function createMiddleware<D extends object>({ open, handle: _, ...admin }: FetchSessions<D>): SessionMiddleware<D> {
  const { name } = admin.cookie;
  // Per cookie, not per middleware, to detect two that share a cookie.
  const key = Symbol.for(`sess.exchange:${name}`);
  const middleware: MiddlewareHandler<SessionEnv<D>> = async (context, next) => {
    const carrier = context as object as Carrier<D>;
    const passed = carrier[key];
    // Used twice for one request, it is still one session.
    if (passed?.middleware === middleware) return await next();
    if (passed !== undefined) throw sharedCookieError(name);
    const exchange = await open(context.req.raw);
    carrier[key] = { middleware, exchange };
    context.set('session', exchange.session);
    await next();
    await respond(context, exchange);
  };
  return Object.assign(middleware, admin, {
    of(context: object) {
      const passed = (context as Carrier<D> | undefined)?.[key];
      if (passed?.middleware === middleware) return passed.exchange.session;
      throw new SessError(
        'ERR_SESS_CONFIG',
        'This context has no session: it has not passed this middleware. Call app.use(sessions) before the routes that use sessions.of(c).',
      );
    },
  });
}

/** A context, with what the last middleware of each cookie gave it. */
interface Carrier<D extends object> {
  [key: symbol]: { readonly middleware: MiddlewareHandler<SessionEnv<D>>; readonly exchange: FetchExchange<D> };
}

function sharedCookieError(name: string): SessError<'ERR_SESS_CONFIG'> {
  return new SessError(
    'ERR_SESS_CONFIG',
    `This context has passed two session middlewares, made by two calls of session(), with cookies of one name, ${name}: each would take the other's ` +
      'session. Make one middleware and use it in both places, or give one of them another cookie.name.',
  );
}

/** Commits the session and puts its headers on the context's response; after a failure there is none, so that `app.onError` answers. */
async function respond<D extends object>(context: Context, exchange: FetchExchange<D>): Promise<void> {
  const answered = context.res;
  try {
    const response = await exchange.respond(answered);
    // A handler that returned none is Hono's to complain of.
    if (response !== answered && context.finalized) replaceResponse(context, response);
  } catch (error) {
    replaceResponse(context, undefined);
    // What the handler has told caches was about its own answer, not about that of `app.onError`.
    if (answered.headers.has('Cache-Control')) context.header('Cache-Control', 'no-store');
    throw error;
  }
}

function replaceResponse(context: Context, response: Response | undefined): void {
  // Hono copies the replaced response's headers, cookies included, over those of the new one, unless there is nothing to replace.
  context.res = undefined;
  // Otherwise `c.header` of `app.onError` looks for a response to change.
  context.finalized = false;
  if (response !== undefined) context.res = response;
}
