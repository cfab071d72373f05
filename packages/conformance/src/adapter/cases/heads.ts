import type { ScenarioDefinition } from '../adapter-case.js';
import type { Browser } from '../browser.js';
import type { Answer } from '../client.js';
import type { Reply } from '../harness.js';
import { type Handler, type Scene, setCookies } from '../scene.js';

const encoder = new TextEncoder();

/** A handler that writes and then gives this reply. */
const writeThen =
  (reply: Reply): Handler =>
  (session) => {
    session().name = 'Ada';
    return reply;
  };
const read: Handler = (session) => ({ body: String(session().name) });
const ping: Handler = () => ({ body: 'pong' });

/** Checks that nothing of an answer comes while the store creates the session, and all of it afterwards. */
async function holdsBack(scene: Scene, reply: Reply): Promise<Answer> {
  const browser = await scene.serve({ '/write': writeThen(reply), '/ping': ping });
  const gate = scene.store.stop('create');
  const call = browser.start('/write');
  await scene.within(gate.reached, 'a call of create, which the scenario stops');
  // Requests that complete in the meantime: what could have left has arrived by then.
  for (let round = 0; round < 3; round += 1) await browser.fork().get('/ping');
  scene.sees('whether anything of the answer has come before create was done', call.hasBegun(), false);
  scene.does('create is done');
  gate.open();
  const answer = await scene.within(call.answer, 'the answer once create is done');
  scene.sees('an answer that comes to its end', answer.isComplete, true);
  scene.sees('the number of cookies set', setCookies(answer).length, 1);
  return answer;
}

async function keepsName(scene: Scene, browser: Browser): Promise<void> {
  scene.answers(await browser.get('/read'), 200, 'Ada');
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield encoder.encode(text);
}

/** Why a scenario that sees bytes leave too soon is kept. */
const sooner = 'It sees the moment at which bytes leave; what else fails with it sees only that the cookie is missing.';

export const headScenarios: readonly ScenarioDefinition[] = [
  {
    name: 'a redirect after a write: not a byte before the write is stored',
    invariant: 'C1',
    why: sooner,
    async check(scene) {
      const answer = await holdsBack(scene, { redirect: '/next' });
      scene.sees('the status', answer.status, 302);
      scene.matches('Location', answer.headers.get('location')?.[0], /\/next$/);
    },
  },
  {
    name: 'an answer with a body after a write: not a byte before the write is stored',
    invariant: 'C1',
    why: sooner,
    async check(scene) {
      scene.answers(await holdsBack(scene, { body: 'saved' }), 200, 'saved');
    },
  },
  {
    name: 'a streamed answer after a write: not a byte before the write is stored',
    invariant: 'C1',
    why: sooner,
    async check(scene) {
      scene.answers(await holdsBack(scene, { body: pieces('some', 'thing') }), 200, 'something');
    },
  },
  {
    name: 'an answer to HEAD: stored, cookie set, no body',
    invariant: 'C1',
    async check(scene) {
      const browser = await scene.serve({ '/write': writeThen({ body: 'saved' }), '/read': read });
      const answer = await browser.get('/write', { method: 'HEAD' });
      scene.answers(answer, 200, '');
      scene.sees('the number of cookies set', setCookies(answer).length, 1);
      await keepsName(scene, browser);
    },
  },
  {
    name: 'a 304: stored, cookie set',
    invariant: 'C1',
    async check(scene) {
      const headers = [['ETag', '"1"']] as const;
      const browser = await scene.serve({ '/write': writeThen({ status: 304, headers }), '/read': read });
      const answer = await browser.get('/write', { headers: { 'if-none-match': '"1"' } });
      scene.answers(answer, 304, '');
      scene.sees('the number of cookies set', setCookies(answer).length, 1);
      scene.sees('ETag', answer.headers.get('etag'), ['"1"']);
      await keepsName(scene, browser);
    },
  },
  {
    name: 'an answer that sets the cookie: private to the browser (Cache-Control: no-store, Vary: Cookie)',
    invariant: 'S1',
    async check(scene) {
      const browser = await scene.serve({ '/write': writeThen({ body: 'saved' }) });
      const answer = await browser.get('/write');
      scene.sees('Cache-Control', answer.headers.get('cache-control'), ['no-store']);
      scene.matches('Vary', answer.headers.get('vary')?.join(), /(^|,) *Cookie *(,|$)/i);
    },
  },
  {
    name: 'an answer that has read the session: varies by cookie, may be cached',
    invariant: 'S1',
    async check(scene) {
      const browser = await scene.serve({ '/write': writeThen({}), '/read': read });
      await browser.get('/write');
      const answer = await browser.get('/read');
      scene.matches('Vary', answer.headers.get('vary')?.join(), /(^|,) *Cookie *(,|$)/i);
      scene.sees('Cache-Control', answer.headers.get('cache-control'), undefined);
    },
  },
  {
    name: "the application's own Cache-Control and Vary stay",
    invariant: 'contract',
    async check(scene) {
      const headers = [
        ['Cache-Control', 'private, max-age=5'],
        ['Vary', 'Accept-Encoding'],
      ] as const;
      const browser = await scene.serve({ '/write': writeThen({ headers, body: 'saved' }) });
      const answer = await browser.get('/write');
      scene.sees('Cache-Control', answer.headers.get('cache-control'), ['private, max-age=5']);
      const fields = answer.headers.get('vary')?.join() ?? '';
      scene.matches('Vary', fields, /accept-encoding/i);
      scene.matches('Vary', fields, /cookie/i);
    },
  },
  {
    name: 'an answer for shared caches that sets the cookie: kept from them (Cache-Control: no-store)',
    invariant: 'S1',
    async check(scene) {
      for (const own of ['public, max-age=60', 's-maxage=60', 'max-age=60']) {
        const browser = await scene.serve({
          '/write': writeThen({ headers: [['Cache-Control', own]], body: 'saved' }),
        });
        const answer = await browser.get('/write');
        scene.sees('the number of cookies set', setCookies(answer).length, 1);
        scene.sees('Cache-Control', answer.headers.get('cache-control'), ['no-store']);
      }
    },
  },
  {
    name: "the application's own cookies stay",
    invariant: 'contract',
    async check(scene) {
      const headers = [
        ['Set-Cookie', 'theme=dark; Path=/'],
        ['Set-Cookie', 'lang=en; Path=/'],
      ] as const;
      const browser = await scene.serve({ '/write': writeThen({ headers, body: 'saved' }) });
      const names = setCookies(await browser.get('/write')).map((line) => line.split('=', 1)[0]);
      scene.sees('cookies set', names.sort(), ['lang', 'sid', 'theme']);
    },
  },
];
