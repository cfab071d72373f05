import { session } from '@sess/express';
import type { RequestHandler } from 'express';
import { loadPeer } from '../peers.js';
import type { Group } from './contender.js';
import { expressContender } from './express-app.js';
import { createFloor, floorName, floorVerbs } from './floor.js';
import { callbackVerbs, noVerbs, promiseVerbs, touchingName } from './routes.js';

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
    async () => expressContender(touchingName, session({ secret, touchEvery: 0 }), promiseVerbs),
    async () => expressContender(floorName, createFloor(), floorVerbs),
    async () => expressContender(`${floorName}, eased`, createEasedFloor(), floorVerbs),
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

/**
 * The floor after what `@sess/node` does on Express: a property that is removed and put back turns request and response into dictionaries, to which V8
 * adds properties at a fraction of the price.
 */
function createEasedFloor(): RequestHandler {
  const floor = createFloor();
  return (request, response, next) => {
    const { method } = request;
    Reflect.deleteProperty(request, 'method');
    request.method = method;
    Reflect.deleteProperty(response, 'req');
    Object.assign(response, { req: request });
    floor(request, response, next);
  };
}
