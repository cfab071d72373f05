import { session } from '@sess/fastify';
import fastify, { type FastifyInstance } from 'fastify';
import { sendThrough } from '../node-request.js';
import { loadPeer } from '../peers.js';
import type { Contender, Group, SessionVerbs } from './contender.js';
import { createFloor, type FloorRequest, floorName, floorVerbs } from './floor.js';
import { callbackVerbs, carryOut, noVerbs, pathOf, promiseVerbs, routes, touchingName } from './routes.js';

type Plugin = Parameters<FastifyInstance['register']>[0];

// @fastify/session refuses a shorter one.
const secret = 'a key for the benchmark, of at least 32 characters';

/** Fastify 5: Sess beside @fastify/session with its own store, and beside the floor. */
export const fastifyGroup: Group = {
  framework: 'Fastify',
  reference: '@fastify/session',
  bare: () => createApp('bare', () => {}, noVerbs),
  contenders: [
    () => createApp('Sess + memory store', (app) => void app.register(session({ secret })), promiseVerbs),
    () => createApp(touchingName, (app) => void app.register(session({ secret, touchEvery: 0 })), promiseVerbs),
    () => createApp(floorName, addFloor, floorVerbs),
    () => createApp('@fastify/session', (app) => addPeer(app, {}), callbackVerbs),
    () => createApp('@fastify/session, rolling: false', (app) => addPeer(app, { rolling: false }), callbackVerbs),
  ],
};

function addFloor(app: FastifyInstance): void {
  const floor = createFloor();
  app.decorateRequest('session', null as never);
  app.addHook('onRequest', (request, reply, done) => {
    floor(request.raw, reply.raw, () => {
      (request as unknown as FloorRequest).session = (request.raw as FloorRequest).session;
      done();
    });
  });
}

function addPeer(app: FastifyInstance, options: object): void {
  app.register(loadPeer<Plugin>('@fastify/cookie'));
  app.register(loadPeer<Plugin>('@fastify/session'), {
    secret,
    saveUninitialized: false,
    cookie: { secure: false },
    ...options,
  });
}

async function createApp<Session extends object>(
  name: string,
  register: (app: FastifyInstance) => void,
  verbs: SessionVerbs<Session>,
): Promise<Contender> {
  const app = fastify();
  register(app);
  for (const route of routes) {
    app.get(pathOf(route), async (request) => {
      const carrier = request as unknown as { session?: Session };
      await carryOut(route, () => carrier.session ?? ({} as Session), verbs);
      return 'ok';
    });
  }
  await app.ready();
  return { name, send: (route, cookie) => sendThrough((req, res) => app.routing(req, res), pathOf(route), cookie) };
}
