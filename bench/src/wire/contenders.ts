import { type Clock, manualClock, type SessionStore } from '@sess/core';
import { session } from '@sess/express';
import { postgresStore } from '@sess/store-postgres';
import { redisStore } from '@sess/store-redis';
import type { RequestHandler } from 'express';
import pg from 'pg';
import { createClient } from 'redis';
import { type CallbackSession, callbackVerbs, type PromiseSession, promiseVerbs } from '../in-process/routes.js';
import { loadPeer } from '../peers.js';

/** A session library over a store whose traffic is counted. */
export interface WireContender {
  readonly name: string;
  readonly server: 'Redis' | 'PostgreSQL';
  /** Connects the store to the server at `url`. */
  open(url: string): Promise<OpenContender>;
}

/** What `open` returns: a middleware, and what the routes do with the session of their request. */
export interface OpenContender {
  readonly middleware: RequestHandler;
  readonly login: (request: object) => Promise<unknown>;
  readonly destroy: (request: object) => Promise<unknown> | unknown;
  /** Lets `ms` pass for a library to which that matters. */
  readonly pass: (ms: number) => void;
  close(): Promise<unknown>;
}

interface OpenStore<S> {
  readonly store: S;
  close(): Promise<unknown>;
}

type Library = (options: object) => RequestHandler;
type StoreClass = new (options: object) => object;

const secret = 'a key for the benchmark';

/** Sess on each server, and after it the store that express-session has there. */
export const wireContenders: readonly WireContender[] = [
  sess('Redis', async (url, clock) => {
    const { client, close } = await connectRedis(url);
    return { store: redisStore({ client, clock }), close };
  }),
  peer('connect-redis', 'Redis', async (url) => {
    const { client, close } = await connectRedis(url);
    const { RedisStore } = loadPeer<{ RedisStore: StoreClass }>('connect-redis');
    return { store: new RedisStore({ client }), close };
  }),
  sess('PostgreSQL', async (url, clock) => {
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const store = postgresStore({ pool, clock });
    await store.migrate();
    return { store, close: () => pool.end() };
  }),
  peer('connect-pg-simple', 'PostgreSQL', async (url) => {
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const PgStore = loadPeer<(library: Library) => StoreClass>('connect-pg-simple')(loadPeer('express-session'));
    const store = new PgStore({ pool, createTableIfMissing: true, pruneSessionInterval: false });
    return { store, close: () => pool.end() };
  }),
];

function sess(
  server: WireContender['server'],
  openStore: (url: string, clock: Clock) => Promise<OpenStore<SessionStore>>,
): WireContender {
  const open = async (url: string) => {
    const clock = manualClock(Date.now());
    const { store, close } = await openStore(url, clock);
    const own = (request: object) => sessionOf<PromiseSession & { login(subject: string): Promise<void> }>(request);
    return {
      middleware: session({ secret, store, clock, sweepEvery: false }),
      login: (request: object) => own(request).login('ann'),
      destroy: (request: object) => promiseVerbs.destroy(own(request)),
      pass: (ms: number) => clock.advance(ms),
      close,
    };
  };
  return { name: 'Sess', server, open };
}

function peer(
  name: string,
  server: WireContender['server'],
  openStore: (url: string) => Promise<OpenStore<object>>,
): WireContender {
  const open = async (url: string) => {
    const { store, close } = await openStore(url);
    return {
      middleware: loadPeer<Library>('express-session')({ secret, store, resave: false, saveUninitialized: false }),
      async login(request: object) {
        // As its README says, against fixation; the data stays, as with Sess.
        const { cookie: _, ...data } = sessionOf<CallbackSession & { cookie: object }>(request);
        await callbackVerbs.regenerate(sessionOf(request));
        Object.assign(sessionOf(request), data, { user: 'ann' });
      },
      destroy: (request: object) => callbackVerbs.destroy(sessionOf<CallbackSession>(request)),
      // It asks no clock before it touches.
      pass: () => {},
      close,
    };
  };
  return { name, server, open };
}

/** The session that a middleware has put on a request. */
export function sessionOf<S extends object>(request: object): S {
  return (request as { session: S }).session;
}

async function connectRedis(url: string) {
  const client = createClient({ url });
  await client.connect();
  return { client, close: () => client.close() };
}
