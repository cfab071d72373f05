import type { DataOf, Schema, Session, SessionAdmin, SessionData, TypedOptions, UntypedData } from '@sess/core';
import { type FetchSessionOptions, type FetchSessions, session as fetchSession } from '@sess/fetch';
import type { MiddlewareHandler } from 'hono';

/** What the middleware adds to Hono's environment: `c.var.session`, typed. */
export interface SessionEnv<T extends object = UntypedData> {
  Variables: { session: Session<T> };
}

/** The middleware that gives contexts their sessions, and all else there is to do with sessions. */
export type SessionMiddleware<T extends object = UntypedData> = MiddlewareHandler<SessionEnv<T>> & SessionAdmin<T>;

/**
 * Creates the middleware: `new Hono().use(session({ secret }))`. The data are typed by `schema`, or by a type parameter. Throws
 * `ERR_SESS_CONFIG` for options that cannot work.
 */
export function session<T extends object & SessionData<T> = UntypedData, S extends Schema | undefined = undefined>(
  options: TypedOptions<T, S, FetchSessionOptions<DataOf<T, S>>>,
): SessionMiddleware<DataOf<T, S>> {
  return createMiddleware(fetchSession<T, S>(options));
}

function createMiddleware<D extends object>({ open, handle: _, ...admin }: FetchSessions<D>): SessionMiddleware<D> {
  const middleware: MiddlewareHandler<SessionEnv<D>> = async (context, next) => {
    const exchange = await open(context.req.raw);
    context.set('session', exchange.session);
    await next();
    const response = await exchange.respond(context.res);
    if (response === context.res) return;
    // Hono copies the headers of the response that is replaced over those of the new one, cookies included, unless there is none.
    context.res = undefined;
    context.res = response;
  };
  return Object.assign(middleware, admin);
}
