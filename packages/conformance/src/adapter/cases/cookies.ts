import type { ScenarioDefinition } from '../adapter-case.js';
import { type Handler, setCookies } from '../scene.js';

const write: Handler = (session) => {
  session().name = 'Ada';
  return { body: 'saved' };
};
const overHttps = { headers: { 'x-forwarded-proto': 'https' } };

export const cookieScenarios: readonly ScenarioDefinition[] = [
  {
    name: 'HTTPS behind a trusted proxy: the cookie is Secure, and over HTTP it is not',
    invariant: 'S1',
    async check(scene) {
      const browser = await scene.serve({ '/write': write }, { trustProxy: true });
      const stranger = browser.fork();
      scene.matches('the cookie over HTTPS', setCookies(await browser.get('/write', overHttps))[0], /; Secure$/);
      scene.matches('the cookie over HTTP', setCookies(await stranger.get('/write'))[0], /; SameSite=Lax$/);
    },
  },
  {
    name: 'a proxy that nobody trusts: its word counts for nothing',
    invariant: 'S1',
    async check(scene) {
      const secure = { cookie: { secure: true } };
      const browser = await scene.serve({ '/write': write }, { sessions: [secure] });
      const answer = await browser.get('/write', overHttps);
      scene.answers(answer, 200, 'saved');
      scene.sees('cookies set', setCookies(answer), []);
    },
  },
  {
    name: 'two session middlewares: a cookie each, data each, an end each',
    invariant: 'contract',
    async check(scene) {
      const sessions = [{ cookie: { name: 'shop' } }, { cookie: { name: 'admin' } }];
      const browser = await scene.serve(
        {
          '/write': (shop, admin) => {
            shop().cart = 'book';
            if (admin !== undefined) admin().role = 'root';
            return {};
          },
          '/read': (shop, admin) => ({ body: JSON.stringify([shop(), admin?.()]) }),
          '/out': async (_shop, admin) => {
            await admin?.().destroy();
            return {};
          },
        },
        { sessions },
      );
      scene.answers(await browser.get('/write'), 200);
      scene.sees('cookies that the browser keeps', [...browser.cookies.keys()].sort(), ['admin', 'shop']);
      scene.answers(await browser.get('/read'), 200, '[{"cart":"book"},{"role":"root"}]');
      scene.answers(await browser.get('/out'), 200);
      scene.sees('cookies that the browser keeps', [...browser.cookies.keys()], ['shop']);
      scene.answers(await browser.get('/read'), 200, '[{"cart":"book"},{}]');
    },
  },
];
