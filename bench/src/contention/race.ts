import { session } from '@sess/express';
import { memoryStore } from '@sess/store-memory';
import express, { type Request, type RequestHandler } from 'express';
import { sendThrough } from '../node-request.js';
import { loadPeer } from '../peers.js';

/** What came of some requests that each wrote a key of their own to one session at the same time. */
export interface Outcome {
  readonly writers: number;
  /** Keys that were not there afterwards, though every request had been answered with success. */
  readonly lost: number;
  /** Requests that were answered with an error. */
  readonly failed: number;
  /** Writes that a store refused because another had come first; `undefined` for a store that refuses none. */
  readonly retries: number | undefined;
}

/** One library on Express, for races. */
export interface Racer {
  readonly name: string;
  readonly create: () => { readonly middleware: RequestHandler; readonly countRetries: () => number | undefined };
}

/** Sess and express-session, each with the memory store it comes with. */
export const racers: readonly Racer[] = [
  { name: 'Sess + memory store', create: createSess },
  {
    name: 'express-session + MemoryStore',
    create: () => {
      const expressSession = loadPeer<(options: object) => RequestHandler>('express-session');
      return {
        middleware: expressSession({ secret: 'a key', resave: false, saveUninitialized: false }),
        countRetries: () => undefined,
      };
    },
  },
];

function createSess(): ReturnType<Racer['create']> {
  const store = memoryStore();
  let retries = 0;
  const counting = {
    create: store.create.bind(store),
    read: store.read.bind(store),
    touch: store.touch.bind(store),
    destroy: store.destroy.bind(store),
    update: (...parameters: Parameters<typeof store.update>) => {
      const result = store.update(...parameters);
      if (result.outcome === 'conflict') retries++;
      return result;
    },
  };
  return { middleware: session({ store: counting }), countRetries: () => retries };
}

/** Lets `writers` requests read one session before any of them goes on to write to it. */
export async function race(racer: Racer, writers: number): Promise<Outcome> {
  const { middleware, countRetries } = racer.create();
  const app = createApp(middleware, writers);
  const send = (path: string, cookie?: string) => sendThrough(app as never, path, cookie);
  const { cookie } = await send('/begin');
  const answers = await Promise.all(Array.from({ length: writers }, (_, index) => send(`/write/${index}`, cookie)));
  await send('/look', cookie);
  const succeeded = answers.flatMap(({ status }, index) => (status === 200 ? [`key${index}`] : []));
  const found: readonly string[] = app.locals.found;
  return {
    writers,
    lost: succeeded.filter((key) => !found.includes(key)).length,
    failed: writers - succeeded.length,
    retries: countRetries(),
  };
}

function createApp(middleware: RequestHandler, writers: number): express.Express {
  const app = express();
  app.use(middleware);
  const sessionOf = (request: object) => (request as Request).session as unknown as Record<string, unknown>;
  let waiting = 0;
  let release = () => {};
  const allHaveRead = new Promise<void>((resolve) => {
    release = resolve;
  });
  app.get('/begin', (request, response) => {
    sessionOf(request).begun = true;
    response.end();
  });
  app.get('/write/:index', async (request, response) => {
    const opened = sessionOf(request);
    void opened.begun;
    if (++waiting === writers) release();
    await allHaveRead;
    opened[`key${request.params.index}`] = true;
    response.end();
  });
  app.get('/look', (request, response) => {
    app.locals.found = Object.keys(sessionOf(request));
    response.end();
  });
  return app;
}
