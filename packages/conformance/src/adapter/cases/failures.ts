import type { ScenarioDefinition } from '../adapter-case.js';
import { Gate } from '../gate.js';
import type { Reply } from '../harness.js';
import { type Handler, type Scene, setCookies } from '../scene.js';

const write: Handler = (session) => {
  session().name = 'Ada';
  return { body: 'saved' };
};
const read: Handler = (session) => ({ body: String(session().name) });

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode('saved');
}

/** Checks what becomes of a new session's answer, one for caches, when the store refuses to create it. */
async function refusesToCreate(scene: Scene, reply: () => Reply): Promise<void> {
  const browser = await scene.serve({
    '/write': (session) => {
      session().name = 'Ada';
      return { headers: [['Cache-Control', 'public, max-age=60']], ...reply() };
    },
  });
  scene.store.fail('create');
  const answer = await browser.get('/write');
  scene.answersOutage(answer, 'ERR_SESS_STORE');
  // A cache would hand the error to everybody.
  scene.sees('Cache-Control, if any', answer.headers.get('cache-control')?.join() ?? 'no-store', 'no-store');
}

export const failureScenarios: readonly ScenarioDefinition[] = [
  {
    name: 'an error thrown after a write: the error handler answers, the write and its cookie stay',
    invariant: 'C1',
    async check(scene) {
      const browser = await scene.serve({
        '/throw': (session) => {
          session().name = 'Ada';
          throw new Error('the handler failed');
        },
        '/read': read,
      });
      const answer = await browser.get('/throw');
      scene.answers(answer, 500, 'error page: Error: the handler failed');
      scene.sees('the number of cookies set', setCookies(answer).length, 1);
      scene.answers(await browser.get('/read'), 200, 'Ada');
    },
  },
  {
    name: 'the store fails when the session is opened: the error handler answers 503, the handler does not run',
    invariant: 'C2',
    async check(scene) {
      let runs = 0;
      const browser = await scene.serve({
        '/write': (session) => {
          runs += 1;
          return write(session);
        },
      });
      await browser.get('/write');
      scene.store.fail('read');
      scene.answersOutage(await browser.get('/write'), 'ERR_SESS_STORE');
      scene.sees('how often the handler has run', runs, 1);
    },
  },
  {
    name: 'the store fails at the commit: the error handler answers 503, no cookie',
    invariant: 'C2',
    why: 'It shows plainly what those after it show of a redirect, of a streamed answer and of a store that hangs.',
    check: (scene) => refusesToCreate(scene, () => ({ body: 'saved' })),
  },
  {
    name: 'the store fails at the commit of a redirect: the error handler answers 503, no cookie',
    invariant: 'C2',
    check: (scene) => refusesToCreate(scene, () => ({ redirect: '/next' })),
  },
  {
    name: 'the store fails at the commit of a streamed answer: the error handler answers 503, no cookie',
    invariant: 'C2',
    check: (scene) => refusesToCreate(scene, () => ({ body: pieces() })),
  },
  {
    name: 'the store hangs when the session is opened: 503 after storeTimeout',
    invariant: 'C2',
    async check(scene) {
      const browser = await scene.serve({ '/write': write }, { sessions: [{ storeTimeout: '5s' }] });
      await browser.get('/write');
      const gate = scene.store.stop('read');
      const call = browser.start('/write');
      await scene.within(gate.reached, 'a call of read, which the scenario stops');
      scene.does('five seconds pass');
      scene.clock.advance(5_000);
      scene.answersOutage(await scene.within(call.answer, 'an answer after storeTimeout'), 'ERR_SESS_STORE_TIMEOUT');
    },
  },
  {
    name: 'the store hangs at the commit: 503 after storeTimeout',
    invariant: 'C2',
    async check(scene) {
      const browser = await scene.serve({ '/write': write }, { sessions: [{ storeTimeout: '5s' }] });
      const gate = scene.store.stop('create');
      const call = browser.start('/write');
      await scene.within(gate.reached, 'a call of create, which the scenario stops');
      scene.does('five seconds pass');
      scene.clock.advance(5_000);
      scene.answersOutage(await scene.within(call.answer, 'an answer after storeTimeout'), 'ERR_SESS_STORE_TIMEOUT');
    },
  },
  {
    name: 'a client that goes away while the handler works: what it writes is stored',
    invariant: 'C1',
    async check(scene) {
      const working = new Gate();
      const browser = await scene.serve({
        '/write': write,
        '/slow': async (session) => {
          const mine = session();
          await working.pass();
          mine.name = 'Bob';
          return { body: 'saved' };
        },
        '/read': read,
      });
      await browser.get('/write');
      const call = browser.start('/slow');
      await scene.within(working.reached, 'a handler that runs');
      scene.does('the client goes away');
      call.leave();
      await scene.within(call.answer, 'the end of the connection');
      // Once other requests have completed, the server has noticed too.
      for (let round = 0; round < 3; round += 1) await browser.get('/read');
      const update = scene.store.stop('update');
      working.open();
      await scene.within(update.reached, 'a call of update, though the client has gone');
      update.open();
      scene.answers(await browser.get('/read'), 200, 'Bob');
    },
  },
];
