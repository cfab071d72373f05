import { session } from '@sess/express';
import type { RequestHandler } from 'express';
import { loadPeer } from '../peers.js';
import type { Group } from './contender.js';
import { expressContender } from './express-app.js';
import { createFloor, floorName, floorVerbs } from './floor.js';
import { callbackVerbs, noVerbs, promiseVerbs } from './routes.js';

type ExpressSession = (options: object) => RequestHandler;

const secret = 'a key for the benchmark';

/** Express 5: Sess beside express-session with its own store and with memorystore, and beside the floor. */
export const expressGroup: Group = {
  framework: 'Express',
  reference: 'express-session + MemoryStore',
  bare: async () => expressContender('bare', undefined, noVerbs),
  contenders: [
    async () => expressContender('Sess + memory store', session({ secret }), promiseVerbs),
    async () => expressContender('Sess + memory store, unsigned', session({}), promiseVerbs),
    async () => expressContender(floorName, createFloor(), floorVerbs),
    async () => {
      const expressSession = loadPeer<ExpressSession>('express-session');
      const middleware = expressSession({ secret, resave: false, saveUninitialized: false });
      return expressContender('express-session + MemoryStore', middleware, callbackVerbs);
    },
    async () => {
      const expressSession = loadPeer<ExpressSession>('express-session');
      const MemoryStore =
        loadPeer<(library: unknown) => new (options: object) => object>('memorystore')(expressSession);
      const store = new MemoryStore({ max: 1_000_000 });
      const middleware = expressSession({ secret, store, resave: false, saveUninitialized: false });
      return expressContender('express-session + memorystore', middleware, callbackVerbs);
    },
  ],
};
