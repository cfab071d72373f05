import type { ScenarioDefinition } from '../adapter-case.js';
import { Gate } from '../gate.js';
import { type Handler, setCookies } from '../scene.js';

const write: Handler = (session) => {
  session().name = 'Ada';
  return { body: 'saved' };
};
const read: Handler = (session) => ({ body: String(session().name) });

/** The attributes by which browsers match a cookie, and those that must not differ between setting and clearing it. */
function attributesOf(line: string | undefined): string[] {
  const [, ...attributes] = (line ?? '').split(';').map((part) => part.trim().toLowerCase());
  return attributes.filter((attribute) => !/^(max-age|expires)=/.test(attribute)).sort();
}

export const endingScenarios: readonly ScenarioDefinition[] = [
  {
    name: 'destroy: the cookie is cleared with the attributes it was set with, and opens nothing',
    invariant: 'D1',
    async check(scene) {
      const cookie = { name: 'visit', path: '/', domain: 'example.com', sameSite: 'strict', maxAge: '1h' } as const;
      const browser = await scene.serve(
        {
          '/write': write,
          '/read': read,
          '/out': async (session) => {
            await session().destroy();
            return { body: 'bye' };
          },
        },
        { sessions: [{ cookie }] },
      );
      const [set] = setCookies(await browser.get('/write'));
      const thief = browser.fork();
      const answer = await browser.get('/out');

      scene.answers(answer, 200, 'bye');
      scene.sees('the number of cookies set', setCookies(answer).length, 1);
      const [cleared] = setCookies(answer);
      scene.matches('the cookie', cleared, /^visit=;.*Max-Age=0/i);
      scene.sees('its attributes', attributesOf(cleared), attributesOf(set));
      scene.answers(await thief.get('/read'), 200, 'undefined');
    },
  },
  {
    name: 'destroy, with clearSiteData: the answer says what else the browser is to clear, and no other does',
    invariant: 'D1',
    async check(scene) {
      const out: Handler = async (session) => {
        await session().destroy();
        return { body: 'bye' };
      };
      const browser = await scene.serve(
        { '/write': write, '/out': out },
        { sessions: [{ clearSiteData: ['cache', 'storage'] }] },
      );
      const saved = await browser.get('/write');
      scene.sees('Clear-Site-Data', saved.headers.get('clear-site-data'), undefined);
      const answer = await browser.get('/out');
      scene.sees('Clear-Site-Data', answer.headers.get('clear-site-data'), ['"cache", "storage"']);
    },
  },
  {
    name: 'destroy that is not awaited: not a byte before it is done',
    invariant: 'D1',
    why: 'It sees the moment at which bytes leave; what else fails with it sees only that the cookie is wrong.',
    async check(scene) {
      const browser = await scene.serve({
        '/write': write,
        '/read': read,
        '/out': (session) => {
          void session().destroy();
          return { redirect: '/read' };
        },
        '/ping': () => ({ body: 'pong' }),
      });
      await browser.get('/write');
      const thief = browser.fork();
      const gate = scene.store.stop('destroy');
      const call = browser.start('/out');
      await scene.within(gate.reached, 'a call of destroy, which the scenario stops');
      for (let round = 0; round < 3; round += 1) await browser.fork().get('/ping');
      scene.sees('whether anything of the answer has come before destroy was done', call.hasBegun(), false);
      gate.open();
      const answer = await scene.within(call.answer, 'the answer once destroy is done');
      scene.answers(answer, 302);
      scene.sees('cookies that the browser keeps', [...browser.cookies.keys()], []);
      scene.answers(await thief.get('/read'), 200, 'undefined');
    },
  },
  {
    name: 'destroy that is not awaited and fails: the error handler answers 503',
    invariant: 'C2',
    async check(scene) {
      const browser = await scene.serve({
        '/write': write,
        '/out': (session) => {
          session()
            .destroy()
            .catch(() => {});
          return { body: 'bye' };
        },
      });
      await browser.get('/write');
      scene.store.fail('update', 'destroy');
      scene.answers(await browser.get('/out'), 503, 'error page: ERR_SESS_STORE');
    },
  },
  {
    name: 'destroyed while another request writes: the write brings nothing back',
    invariant: 'D2',
    async check(scene) {
      const working = new Gate();
      const browser = await scene.serve({
        '/write': write,
        '/read': read,
        '/slow': async (session) => {
          const mine = session();
          mine.name = 'Bob';
          await working.pass();
          return { body: 'late' };
        },
        '/out': async (session) => {
          await session().destroy();
          return {};
        },
      });
      await browser.get('/write');
      const thief = browser.fork();
      const call = thief.start('/slow');
      await scene.within(working.reached, 'a handler that runs');
      await browser.get('/out');
      working.open();
      const late = await scene.within(call.answer, 'the answer to the late request');
      scene.sees('a complete answer', late.isComplete, true);
      scene.sees('records', scene.store.size, 0);
      scene.answers(await thief.get('/read'), 200, 'undefined');
    },
  },
  {
    name: 'regenerate: a new cookie on an empty session, the old one opens nothing',
    invariant: 'D4',
    async check(scene) {
      const browser = await scene.serve({
        '/write': write,
        '/read': read,
        '/anew': async (session) => {
          await session().regenerate();
          session().cart = 'book';
          return { body: Object.keys(session()).join() };
        },
        '/cart': (session) => ({ body: String(session().cart) }),
      });
      await browser.get('/write');
      const thief = browser.fork();
      const answer = await browser.get('/anew');
      scene.answers(answer, 200, 'cart');
      scene.sees('the number of cookies set', setCookies(answer).length, 1);
      scene.answers(await browser.get('/cart'), 200, 'book');
      scene.answers(await thief.get('/cart'), 200, 'undefined');
      scene.answers(await thief.get('/read'), 200, 'undefined');
    },
  },
  {
    name: 'login: a new cookie on the same session, the old one opens nothing',
    invariant: 'D4',
    async check(scene) {
      const browser = await scene.serve({
        '/write': write,
        '/read': (session) => ({ body: `${session().name} ${session().subject}` }),
        '/login': async (session) => {
          await session().login('ada');
          return { redirect: '/read' };
        },
      });
      await browser.get('/write');
      const thief = browser.fork();
      const answer = await browser.get('/login');
      scene.answers(answer, 302);
      scene.sees('the number of cookies set', setCookies(answer).length, 1);
      scene.answers(await browser.get('/read'), 200, 'Ada ada');
      scene.answers(await thief.get('/read'), 200, 'undefined undefined');
    },
  },
];
