import {
  type DataOf,
  isPromiseLike,
  type Schema,
  SessError,
  type Session,
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
  type NodeSessionOptions,
} from '@sess/node';
import type Koa from 'koa';
import { readAppKeys } from './app-keys.js';
import { refuseForeignOptions } from './options.js';

/** What the middleware adds to Koa's context. `app.use` adds it to the application's type, so that later middleware sees it. */
export interface SessionContext<T extends object = UntypedData> {
  /** The session of the last session middleware that the request has passed. `null` ends it, and it then stays `null`. */
  get session(): Session<T>;
  set session(ended: Session<T> | null);
}

type Context<T extends object> = Koa.ParameterizedContext<Koa.DefaultState, SessionContext<T>>;

/** The middleware that gives contexts their sessions, plus session management. */
export interface SessionMiddleware<T extends object = UntypedData> extends NodeSessionAdmin<T> {
  (context: Context<T>, next: Koa.Next): Promise<void>;
  /** As on the other adapters; rejects with `ERR_SESS_CONFIG` without the option `secret`, since `app.keys` is not known everywhere. */
  read: NodeSessionAdmin<T>['read'];
  /** The session of a context that has passed this middleware. Throws `ERR_SESS_CONFIG` for any other. */
  of(context: object): Session<T>;
}

const trustRemedy = 'Tell Koa to trust its proxy: app.proxy = true.';

/**
 * Creates the middleware: `app.use(session({ secret }))`. Without a `secret`, cookies are signed with `app.keys`, if there are any. The
 * data is typed by `schema`, or by a type parameter. Throws `ERR_SESS_CONFIG` for options that cannot work.
 */
export function session<T extends object & SessionData<T> = UntypedData, S extends Schema | undefined = undefined>(
  options: TypedOptions<T, S, NodeSessionOptions<DataOf<T, S>>>,
): SessionMiddleware<DataOf<T, S>> {
  refuseForeignOptions(options);
  let app: Koa | undefined;
  const sessions = createNodeSessions<T, S>(options, {
    readFallbackKeys: () => readAppKeys(app),
    trustRemedy,
  });
  const admin = exposeNodeAdmin(sessions, options);
  if (options.secret === undefined) admin.read = () => Promise.reject(noSecretError());
  const meet = (used: Koa) => {
    app ??= used;
  };
  return createMiddleware(sessions, admin, meet);
}

function createMiddleware<D extends object>(
  sessions: Sessions<D>,
  admin: NodeSessionAdmin<D>,
  meet: (app: Koa) => void,
): SessionMiddleware<D> {
  const attached = new Attachment(sessions, 'Call app.use(sessions) before the middleware that uses sessions.of(ctx).');
  const enter = async (context: Context<D>, next: Koa.Next, held: HeldExchange<D>): Promise<void> => {
    attached.add(context, held);
    await next();
    // Here, unlike when the head leaves, a failure is an error of this middleware, which earlier ones can handle.
    try {
      const settled = held.settle();
      if (isPromiseLike(settled)) await settled;
    } catch (error) {
      // What the handler has told caches was about its own answer, not about theirs.
      if (context.response.get('Cache-Control') !== '') context.set('Cache-Control', 'no-store');
      throw error;
    }
  };
  const middleware = (context: Context<D>, next: Koa.Next): Promise<void> => {
    // Mounted twice for one request, it is still one session.
    if (attached.has(context)) return next();
    meet(context.app);
    const held = attachSession(sessions, context.req, context.res, {
      isHttps: () => context.secure,
      trustRemedy,
      failed: (error) => context.onerror(error as Error),
    });
    return isPromiseLike(held)
      ? Promise.resolve(held).then((late) => enter(context, next, late))
      : enter(context, next, held);
  };
  return Object.assign(middleware, admin, {
    of: (context: object) => attached.of(context),
  });
}

/** Before the middleware has met its application, a request read elsewhere would be taken for unsigned. */
function noSecretError(): SessError<'ERR_SESS_CONFIG'> {
  return new SessError(
    'ERR_SESS_CONFIG',
    'sessions.read() does not know app.keys, which the middleware learns from its first request. Give session() the option secret.',
  );
}
