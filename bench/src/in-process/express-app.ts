import express, { type Request, type RequestHandler } from 'express';
import { sendThrough } from '../node-request.js';
import type { Contender, SessionVerbs } from './contender.js';
import { carryOut, pathOf, routes } from './routes.js';

/** An application of Express with every route; without a middleware, the bare framework. */
export function createExpressApp<Session extends object>(
  middleware: RequestHandler | undefined,
  verbs: SessionVerbs<Session>,
): express.Express {
  const app = express();
  if (middleware !== undefined) app.use(middleware);
  for (const route of routes) {
    app.get(pathOf(route), (request, response, next) => {
      const getSession = () => ((request as Request & { session?: object }).session ?? {}) as unknown as Session;
      carryOut(route, getSession, verbs).then(() => response.end('ok'), next);
    });
  }
  return app;
}

/** The same as a contender. */
export function expressContender<Session extends object>(
  name: string,
  middleware: RequestHandler | undefined,
  verbs: SessionVerbs<Session>,
): Contender {
  const app = createExpressApp(middleware, verbs);
  return { name, send: (route, cookie) => sendThrough(app as never, pathOf(route), cookie) };
}
