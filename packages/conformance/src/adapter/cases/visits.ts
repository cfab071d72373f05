import type { ScenarioDefinition } from '../adapter-case.js';
import { Gate } from '../gate.js';
import { type Handler, type Scene, setCookies } from '../scene.js';

const write: Handler = (session) => {
  session().name = 'Ada';
  return { body: 'saved' };
};
const read: Handler = (session) => ({ body: String(session().name) });

/** Lets handlers go on when all of them have come to their gates. */
async function handleAtOnce(scene: Scene, gates: readonly Gate[]): Promise<void> {
  for (const gate of gates) await scene.within(gate.reached, 'a handler that runs');
  for (const gate of gates) gate.open();
}

export const visitScenarios: readonly ScenarioDefinition[] = [
  {
    name: 'a new visitor who only reads: no cookie, no call of the store',
    invariant: 'S3',
    async check(scene) {
      const browser = await scene.serve({ '/read': read });
      const answer = await browser.get('/read');

      scene.answers(answer, 200, 'undefined');
      scene.sees('cookies set', setCookies(answer), []);
      scene.sees('calls of the store', scene.store.calls, []);
    },
  },
  {
    name: 'a handler that does not ask for its session: the answer does not vary',
    invariant: 'contract',
    async check(scene) {
      const browser = await scene.serve({ '/write': write, '/static': () => ({ body: 'static' }) });
      await browser.get('/write');
      const answer = await browser.get('/static');

      scene.answers(answer, 200, 'static');
      scene.sees('Vary', answer.headers.get('vary'), undefined);
    },
  },
  {
    name: 'made-up cookies: no session, none adopted, none cleared, nothing written',
    invariant: 'S2',
    async check(scene) {
      const browser = await scene.serve({ '/read': read });
      for (const cookie of ['sid=', 'sid=nonsense', `sid=${'a'.repeat(20)}.${'b'.repeat(32)}`, 'sid=%00; sid="; x']) {
        const answer = await browser.get('/read', { headers: { cookie } });
        scene.answers(answer, 200, 'undefined');
        scene.sees('cookies set', setCookies(answer), []);
      }
      const writes = scene.store.calls.filter((method) => method !== 'read');
      scene.sees('writes to the store', writes, []);
    },
  },
  {
    name: 'a write: one cookie, stored once, read by the next request, which writes nothing',
    invariant: 'C1',
    async check(scene) {
      const browser = await scene.serve({ '/write': write, '/read': read });
      const saved = await browser.get('/write');

      scene.answers(saved, 200, 'saved');
      scene.sees('the number of cookies set', setCookies(saved).length, 1);
      scene.matches('the cookie', setCookies(saved)[0], /^sid=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
      scene.sees('calls of the store', scene.store.calls, ['create']);

      const greeted = await browser.get('/read');
      scene.answers(greeted, 200, 'Ada');
      scene.sees('cookies set', setCookies(greeted), []);
      scene.sees('calls of the store', scene.store.calls, ['create', 'read']);
    },
  },
  {
    name: 'two requests at once that change different keys: both changes stay',
    invariant: 'L1',
    async check(scene) {
      const [left, right] = [new Gate(), new Gate()];
      const set =
        (key: string, gate: Gate): Handler =>
        async (session) => {
          session()[key] = true;
          await gate.pass();
          return {};
        };
      const browser = await scene.serve({
        '/write': write,
        '/left': set('left', left),
        '/right': set('right', right),
        '/read': (session) => ({ body: Object.keys(session()).sort().join() }),
      });
      await browser.get('/write');
      const calls = [browser.start('/left'), browser.start('/right')];
      await handleAtOnce(scene, [left, right]);
      for (const call of calls) scene.answers(await scene.within(call.answer, 'the answer'), 200);

      scene.answers(await browser.get('/read'), 200, 'left,name,right');
    },
  },
  {
    name: 'two visitors at once: each has a session of their own',
    invariant: 'S2',
    async check(scene) {
      const gates = [new Gate(), new Gate()] as const;
      const call =
        (name: string, gate: Gate): Handler =>
        async (session) => {
          await gate.pass();
          session().name = name;
          return {};
        };
      const ada = await scene.serve({ '/ada': call('Ada', gates[0]), '/bob': call('Bob', gates[1]), '/read': read });
      const bob = ada.fork();
      const calls = [ada.start('/ada'), bob.start('/bob')];
      await handleAtOnce(scene, gates);
      for (const each of calls) scene.answers(await scene.within(each.answer, 'the answer'), 200);

      scene.answers(await ada.get('/read'), 200, 'Ada');
      scene.answers(await bob.get('/read'), 200, 'Bob');
    },
  },
  {
    name: 'a session that is used lives on, its cookie with it; one that is not used ends',
    invariant: 'E1',
    async check(scene) {
      const lasting = { cookie: { maxAge: 60_000 } };
      const browser = await scene.serve({ '/write': write, '/read': read }, { sessions: [lasting] });
      await browser.get('/write');
      scene.clock.advance(59_999);
      const used = await browser.get('/read');
      scene.answers(used, 200, 'Ada');
      scene.matches('the cookie', setCookies(used)[0], /^sid=[^;]+; Max-Age=60; /);
      scene.clock.advance(59_999);
      scene.answers(await browser.get('/read'), 200, 'Ada');
      scene.does('a minute passes');
      scene.clock.advance(60_000);
      scene.answers(await browser.get('/read'), 200, 'undefined');
    },
  },
];
