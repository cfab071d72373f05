import type { IncomingMessage, ServerResponse } from 'node:http';
import { session } from '@sess/koa';
import Koa, { type Context, type Middleware } from 'koa';
import { createKoaSessionStore } from '../koa-session-store.js';
import { sendThrough } from '../node-request.js';
import { loadPeer } from '../peers.js';
import type { Contender, Group, SessionVerbs } from './contender.js';
import { createFloor, type FloorRequest, floorName, floorVerbs } from './floor.js';
import { carryOut, noVerbs, pathOf, promiseVerbs, routes } from './routes.js';

type KoaSession = (options: object, app: Koa) => Middleware;
type Middlewares = (app: Koa) => Middleware;

const secret = 'a key for the benchmark';

/** Koa 3: Sess beside koa-session with a store of its own in memory, and beside the floor. */
export const koaGroup: Group = {
  framework: 'Koa',
  reference: 'koa-session + memory',
  bare: async () => createApp('bare', undefined, noVerbs),
  contenders: [
    async () => createApp('Sess + memory store', () => session({ secret }) as unknown as Middleware, promiseVerbs),
    async () => createApp(floorName, floorMiddleware, floorVerbs),
    async () => {
      const koaSession = loadPeer<KoaSession>('koa-session');
      return createApp(
        'koa-session + memory',
        (app) => koaSession({ store: createKoaSessionStore(), signed: true }, app),
        koaVerbs,
      );
    },
  ],
};

function floorMiddleware(app: Koa): Middleware {
  Object.defineProperty(app.context, 'session', {
    get(this: Context) {
      return (this.req as FloorRequest).session;
    },
    set(this: Context) {
      void floorVerbs.destroy((this.req as FloorRequest).session);
    },
  });
  const floor = createFloor();
  return (context, next) => {
    floor(context.req, context.res, () => {});
    return next();
  };
}

const koaVerbs: SessionVerbs<{ regenerate(done?: () => void): unknown } & { context?: Context }> = {
  destroy: () => {},
  regenerate: (visit) => new Promise<void>((resolve) => visit.regenerate(resolve)),
};

function createApp<Session extends object>(
  name: string,
  middleware: Middlewares | undefined,
  verbs: SessionVerbs<Session>,
): Contender {
  const app = new Koa();
  app.keys = [secret];
  if (middleware !== undefined) app.use(middleware(app));
  const byPath = new Map(routes.map((route) => [pathOf(route), route]));
  app.use(async (context) => {
    const route = byPath.get(context.path) ?? 'none';
    const carrier = context as unknown as { session?: Session | null };
    // In Koa's idiom null ends the session, with both libraries.
    if (route === 'destroy') carrier.session = null;
    else await carryOut(route, () => carrier.session ?? ({} as Session), verbs);
    context.body = 'ok';
  });
  const listener = app.callback() as (request: IncomingMessage, response: ServerResponse) => unknown;
  return { name, send: (route, cookie) => sendThrough(listener, pathOf(route), cookie) };
}
