import { SessError } from '@sess/core';
import type { ScenarioDefinition } from '../adapter-case.js';
import type { Browser } from '../browser.js';
import type { Answer, Call } from '../client.js';
import { Gate } from '../gate.js';
import type { Reply } from '../harness.js';
import { type Handler, type Scene, setCookies } from '../scene.js';

const encoder = new TextEncoder();

/** A reply of two pieces; `between` happens when the client has the head. */
function twoPieces(headArrived: Gate, between: () => unknown): Reply {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield encoder.encode('some');
    await headArrived.pass();
    await between();
    yield encoder.encode('thing');
  }
  return { body: pieces() };
}

/** Asks for a streamed answer, and lets it go on when its head has arrived. */
async function stream(scene: Scene, browser: Browser, path: string, headArrived: Gate): Promise<Answer> {
  const call: Call = browser.start(path);
  await scene.within(call.head, 'the head of a streamed answer, before its body ends');
  scene.does('the head has arrived');
  headArrived.open();
  return await scene.within(call.answer, 'the rest of a streamed answer');
}

const readAll: Handler = (session) => ({ body: JSON.stringify(session()) });

/** Why a scenario that says when a streamed answer loses a write is kept. */
const moment = 'It names the moment at which a streamed answer loses a write; who loses one loses several.';

export const streamScenarios: readonly ScenarioDefinition[] = [
  {
    name: 'a streamed answer: written before the head, stored before the head',
    invariant: 'C1',
    why: moment,
    async check(scene) {
      const head = new Gate();
      const browser = await scene.serve({
        '/stream': (session) => {
          session().name = 'Ada';
          return twoPieces(head, () => scene.sees('records when the head has arrived', scene.store.size, 1));
        },
        '/read': readAll,
      });
      const answer = await stream(scene, browser, '/stream', head);
      scene.answers(answer, 200, 'something');
      scene.sees('the number of cookies set', setCookies(answer).length, 1);
      scene.answers(await browser.get('/read'), 200, '{"name":"Ada"}');
    },
  },
  {
    name: 'a streamed answer: written after the head, stored before the end',
    invariant: 'C1',
    why: moment,
    async check(scene) {
      const head = new Gate();
      const browser = await scene.serve({
        '/stream': (session) => {
          const mine = session();
          mine.before = 1;
          return twoPieces(head, () => {
            mine.after = 2;
          });
        },
        '/read': readAll,
      });
      scene.answers(await stream(scene, browser, '/stream', head), 200, 'something');
      scene.answers(await browser.get('/read'), 200, '{"before":1,"after":2}');
    },
  },
  {
    name: 'a streamed answer: written after the head, stored by save()',
    invariant: 'C1',
    why: moment,
    async check(scene) {
      const head = new Gate();
      const browser = await scene.serve({
        '/stream': (session) => {
          const mine = session();
          mine.before = 1;
          return twoPieces(head, async () => {
            mine.after = 2;
            await mine.save();
          });
        },
        '/read': readAll,
      });
      scene.answers(await stream(scene, browser, '/stream', head), 200, 'something');
      scene.answers(await browser.get('/read'), 200, '{"before":1,"after":2}');
    },
  },
  {
    name: 'a new session after the head: the answer breaks off, the error is told',
    invariant: 'C1',
    async check(scene) {
      const head = new Gate();
      const browser = await scene.serve({
        '/stream': (session) =>
          twoPieces(head, () => {
            session().name = 'Ada';
          }),
      });
      const answer = await stream(scene, browser, '/stream', head);
      scene.sees('an answer that comes to its end', answer.isComplete, false);
      const isTold = scene.errors.some((error) => SessError.is(error, 'ERR_SESS_HEADERS_SENT'));
      scene.sees('whether an error event says ERR_SESS_HEADERS_SENT', isTold, true);
      scene.sees('records', scene.store.size, 0);
    },
  },
  {
    name: 'a new session after the head, with save(): the verb rejects, nothing is stored',
    invariant: 'C1',
    why: moment,
    async check(scene) {
      const head = new Gate();
      const caught: unknown[] = [];
      const browser = await scene.serve({
        '/stream': (session) => {
          const mine = session();
          return twoPieces(head, async () => {
            await mine.save().catch((error: unknown) => caught.push(error));
          });
        },
      });
      scene.answers(await stream(scene, browser, '/stream', head), 200, 'something');
      const codes = caught.map((error) => (SessError.is(error) ? error.code : String(error)));
      scene.sees('what save() has rejected with', codes, ['ERR_SESS_HEADERS_SENT']);
      scene.sees('records', scene.store.size, 0);
    },
  },
  {
    name: 'the store fails after the head: the answer breaks off',
    invariant: 'C2',
    async check(scene) {
      const head = new Gate();
      const browser = await scene.serve({
        '/write': (session) => {
          session().name = 'Ada';
          return {};
        },
        '/stream': (session) => {
          const mine = session();
          return twoPieces(head, () => {
            mine.name = 'Bob';
            scene.store.fail('update');
          });
        },
      });
      await browser.get('/write');
      const answer = await stream(scene, browser, '/stream', head);
      scene.sees('an answer that comes to its end', answer.isComplete, false);
    },
  },
];
