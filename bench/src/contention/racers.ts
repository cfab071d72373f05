import { session as expressSession } from '@sess/express';
import { session as fastifySession } from '@sess/fastify';
import { session as koaSession } from '@sess/koa';
import { memoryStore } from '@sess/store-memory';
import { redisStore } from '@sess/store-redis';
import type { RequestHandler } from 'express';
import type { FastifyInstance } from 'fastify';
import type { Middleware } from 'koa';
import { createClient } from 'redis';
import { createKoaSessionStore } from '../koa-session-store.js';
import { loadPeer } from '../peers.js';
import { type Listener, onExpress, onFastify, onKoa } from './applications.js';
import { countConflicts } from './count-conflicts.js';
import type { Course } from './course.js';

/** One library in its framework, for races. */
export interface Racer {
  readonly name: string;
  readonly needsRedis?: true;
  /** Enters an application for one race. `redisUrl` is given to who needs it. */
  readonly enter: (course: Course, redisUrl: string) => Promise<Entrant>;
}

/** An application in a race. */
export interface Entrant {
  readonly listener: Listener;
  /** Writes that the store has refused because another had come first; absent where it refuses none. */
  readonly countRetries?: () => number;
  readonly close?: () => void;
}

type ExpressSession = (options: object) => RequestHandler;
type Plugin = Parameters<FastifyInstance['register']>[0];

// @fastify/session refuses a shorter one.
const secret = 'a key for the benchmark, of at least 32 characters';

/** Sess in each framework, and after it the library that is used there, with the memory stores they come with and on Redis. */
export const racers: readonly Racer[] = [
  {
    name: 'Express: Sess + memory store',
    async enter(course) {
      const { store, countRetries } = countConflicts(memoryStore());
      return { listener: onExpress(expressSession({ store }), course), countRetries };
    },
  },
  {
    name: 'Express: express-session + MemoryStore',
    enter: async (course) => ({ listener: onExpress(createPeer({}), course) }),
  },
  {
    name: 'Koa: Sess + memory store',
    async enter(course) {
      const { store, countRetries } = countConflicts(memoryStore());
      return { listener: onKoa(() => koaSession({ store }) as unknown as Middleware, course), countRetries };
    },
  },
  {
    name: 'Koa: koa-session + memory',
    async enter(course) {
      const library = loadPeer<(options: object, app: object) => Middleware>('koa-session');
      return { listener: onKoa((app) => library({ store: createKoaSessionStore() }, app), course) };
    },
  },
  {
    name: 'Fastify: Sess + memory store',
    async enter(course) {
      const { store, countRetries } = countConflicts(memoryStore());
      return { listener: await onFastify((app) => app.register(fastifySession({ store })), course), countRetries };
    },
  },
  {
    name: 'Fastify: @fastify/session',
    async enter(course) {
      const register = (app: FastifyInstance) => {
        app.register(loadPeer<Plugin>('@fastify/cookie'));
        const options = { secret, saveUninitialized: false, cookie: { secure: false } };
        app.register(loadPeer<Plugin>('@fastify/session'), options);
      };
      return { listener: await onFastify(register, course) };
    },
  },
  {
    name: 'Express: Sess + Redis',
    needsRedis: true,
    async enter(course, redisUrl) {
      const client = await createClient({ url: redisUrl }).connect();
      const { store, countRetries } = countConflicts(redisStore({ client }));
      return { listener: onExpress(expressSession({ store }), course), countRetries, close: () => client.destroy() };
    },
  },
  {
    name: 'Express: connect-redis',
    needsRedis: true,
    async enter(course, redisUrl) {
      const { RedisStore } = loadPeer<{ RedisStore: new (options: object) => object }>('connect-redis');
      const client = await createClient({ url: redisUrl }).connect();
      const store = new RedisStore({ client });
      return { listener: onExpress(createPeer({ store }), course), close: () => client.destroy() };
    },
  },
];

function createPeer(options: object): RequestHandler {
  return loadPeer<ExpressSession>('express-session')({ secret, resave: false, saveUninitialized: false, ...options });
}
