import express from 'express';
import { PostgresWireProxy } from '../../../test-support/postgres-wire-proxy.js';
import { RedisWireProxy } from '../../../test-support/redis-wire-proxy.js';
import { small } from '../data.js';
import { sendThrough } from '../node-request.js';
import { type OpenContender, sessionOf, type WireContender } from './contenders.js';

/** The requests of one visitor, in their order: what each asks for. The first two bring no cookie. */
export const visits = {
  'no session': '/',
  create: '/write',
  read: '/read',
  'read, a minute later': '/read',
  write: '/write',
  login: '/login',
  'read, logged in': '/read',
  'write, logged in': '/write',
  logout: '/destroy',
  'read, after the logout': '/read',
} as const;

export type Visit = keyof typeof visits;

/** What one request and its answer cost between the application and its server. */
export interface Traffic {
  readonly roundTrips: number;
  /** Commands of Redis by name, statements of PostgreSQL by their number. */
  readonly commands: readonly string[] | number;
  readonly bytes: number;
}

type Counter = (work: () => Promise<void>) => Promise<Traffic>;

/** Lets a visitor make every visit to an application, whose store reaches the server at `url` through a proxy that counts. */
export async function countVisits(contender: WireContender, url: string): Promise<Record<Visit, Traffic>> {
  const { proxyUrl, count, stop } = await startProxy(contender.server, url);
  const open = await contender.open(proxyUrl);
  try {
    // The first visitor lets scripts be loaded and tables be looked for.
    await visitAll(open, count);
    return await visitAll(open, count);
  } finally {
    await open.close();
    await stop();
  }
}

async function visitAll(open: OpenContender, count: Counter): Promise<Record<Visit, Traffic>> {
  const app = createApp(open);
  const counted: Partial<Record<Visit, Traffic>> = {};
  let cookie: string | undefined;
  for (const [visit, path] of Object.entries(visits) as [Visit, string][]) {
    if (visit === 'read, a minute later') open.pass(61_000);
    counted[visit] = await count(async () => {
      const answer = await sendThrough(app as never, path, cookie);
      if (answer.status !== 200) throw new Error(`${visit} was answered with ${answer.status}`);
      // A visitor who logs out may well keep the cookie.
      if (visit !== 'logout') cookie = answer.cookie ?? cookie;
    });
    const isThere = visit !== 'no session' && visit !== 'read, after the logout';
    if (path === '/read' && (app.locals.found !== undefined) !== isThere) {
      throw new Error(`${visit} found ${app.locals.found}`);
    }
  }
  return counted as Record<Visit, Traffic>;
}

function createApp({ middleware, login, destroy }: OpenContender): express.Express {
  const app = express();
  app.use(middleware);
  app.get('/', (_, response) => {
    response.end();
  });
  app.get('/read', (request, response) => {
    app.locals.found = sessionOf<{ visits?: number }>(request).visits;
    response.end();
  });
  app.get('/write', (request, response) => {
    const session = sessionOf<{ visits?: number }>(request);
    if (session.visits === undefined) Object.assign(session, small);
    else session.visits += 1;
    response.end();
  });
  for (const [path, verb] of [
    ['/login', login],
    ['/destroy', destroy],
  ] as const) {
    app.get(path, async (request, response) => {
      await verb(request);
      response.end();
    });
  }
  return app;
}

async function startProxy(server: WireContender['server'], url: string) {
  if (server === 'Redis') {
    const proxy = await RedisWireProxy.start(url);
    return { proxyUrl: proxy.url, count: (work: () => Promise<void>) => proxy.count(work), stop: () => proxy.stop() };
  }
  const proxy = await PostgresWireProxy.start(url);
  const count: Counter = async (work) => {
    const { roundTrips, messages, bytes } = await proxy.count(work);
    // One Execute, or one simple Query, for each statement.
    return { roundTrips, commands: messages.match(/[EQ]/g)?.length ?? 0, bytes };
  };
  return { proxyUrl: proxy.url, count, stop: () => proxy.stop() };
}
