import { session } from '@sess/fetch';
import { type Answer, toCookieHeader } from '../node-request.js';
import { loadPeer } from '../peers.js';
import type { Contender, Group, Route } from './contender.js';
import { carryOut, noVerbs, pathOf, promiseVerbs } from './routes.js';

type Iron = { getIronSession(request: Request, response: Response, options: object): Promise<IronSession> };
type IronSession = Record<string, unknown> & { save(): Promise<void>; destroy(): void };

const secret = 'a key for the benchmark, of at least 32 characters';

/** A `Request` to a `Response`: Sess beside iron-session, which keeps the data sealed in the cookie. */
export const fetchGroup: Group = {
  framework: 'fetch',
  reference: 'iron-session',
  bare: async () => createContender('bare', async (route) => await answer(route, {})),
  contenders: [
    async () => {
      const sessions = session({ secret });
      return createContender('Sess + memory store', (route, request) =>
        sessions.handle(request, async (visit) => {
          await carryOut(route, () => visit, promiseVerbs);
          return new Response('ok');
        }),
      );
    },
    async () => {
      const { getIronSession } = loadPeer<Iron>('iron-session');
      const handle = async (route: Route, request: Request) => {
        const response = new Response('ok');
        const visit = await getIronSession(request, response, { password: secret, cookieName: 'iron' });
        if (route === 'destroy' || route === 'regenerate') visit.destroy();
        await carryOut(route, () => visit, { destroy: () => {}, regenerate: () => {} });
        if (route !== 'none' && route !== 'read' && route !== 'destroy') await visit.save();
        return response;
      };
      return { ...createContender('iron-session', handle), cookieHolds: 'data' };
    },
  ],
};

async function answer(route: Route, visit: object): Promise<Response> {
  await carryOut(route, () => visit, noVerbs);
  return new Response('ok');
}

function createContender(name: string, handle: (route: Route, request: Request) => Promise<Response>): Contender {
  return {
    name,
    async send(route, cookie): Promise<Answer> {
      const headers = new Headers(cookie === undefined ? {} : { cookie });
      const response = await handle(route, new Request(`http://localhost${pathOf(route)}`, { headers }));
      return { status: response.status, cookie: toCookieHeader(response.headers.getSetCookie()) };
    },
  };
}
