import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settle } from '../test/hooks.js';
import { perform, type Step, scripts, type Trace } from '../test/response-script.js';
import { type Answer, exchange, parseAnswer, serve } from '../test/serve.js';
import { type HeadAdditions, holdResponse, type ResponseHooks } from './index.js';

const additions: HeadAdditions = { setCookie: 'sid=1', vary: 'Cookie', noStore: true };

interface Outcome extends Answer {
  readonly trace: Trace;
  readonly failures: readonly unknown[];
}

/** Serves scripts one at a time, and returns what the client and the handler see. */
async function startStage() {
  let current: { script: readonly Step[]; beforeHead: ResponseHooks['beforeHead'] | undefined };
  let trace: Promise<Trace>;
  let failures: unknown[] = [];
  const port = await serve((_, response) => {
    const { script, beforeHead } = current;
    if (beforeHead !== undefined) holdResponse(response, { beforeHead, failed: (error) => failures.push(error) });
    trace = perform(script, response);
  });
  return async (start: string, script: readonly Step[], beforeHead?: ResponseHooks['beforeHead']): Promise<Outcome> => {
    current = { script, beforeHead };
    failures = [];
    const answer = parseAnswer(await exchange(port, start));
    return { ...answer, trace: await trace, failures };
  };
}

const starts = fc.constantFrom('GET / HTTP/1.1', 'HEAD / HTTP/1.1', 'GET / HTTP/1.0');

test('a held response sends what an unheld one sends, and looks the same to its handler', async () => {
  const perform = await startStage();
  await fc.assert(
    fc.asyncProperty(starts, scripts, fc.integer({ min: 0, max: 3 }), async (start, script, turns) => {
      const unheld = await perform(start, script);
      expect(await perform(start, script, () => undefined)).toEqual(unheld);
      expect(await perform(start, script, () => settle(turns).then(() => undefined))).toEqual(unheld);
    }),
  );
});

test('and with headers to add, the same but for them', async () => {
  const perform = await startStage();
  await fc.assert(
    fc.asyncProperty(starts, scripts, fc.integer({ min: 0, max: 3 }), async (start, script, turns) => {
      const expected = withAdditions(await perform(start, script));
      expect(sortHeaders(await perform(start, script, () => additions))).toEqual(expected);
      expect(sortHeaders(await perform(start, script, () => settle(turns).then(() => additions)))).toEqual(expected);
    }),
  );
});

function sortHeaders(outcome: Outcome): Outcome {
  return { ...outcome, headers: outcome.headers.map((line) => line.toLowerCase()).sort() };
}

/** What the additions should make of an answer that was not held. */
function withAdditions(outcome: Outcome): Outcome {
  const headers = outcome.headers.map((line) => line.toLowerCase());
  const vary = headers.filter((line) => line.startsWith('vary: ')).map((line) => line.slice(6));
  const mayVary = vary.some((field) => field === '*' || field === 'cookie');
  const isPrivate = headers.some((line) => line === 'cache-control: private');
  const added = ['set-cookie: sid=1'];
  if (!mayVary) added.push(`vary: ${[...vary, 'cookie'].join(', ')}`);
  if (!isPrivate) added.push('cache-control: no-store');
  const isReplaced = (line: string) =>
    line.startsWith('vary: ') ? !mayVary : line.startsWith('cache-control: ') && !isPrivate;
  return { ...outcome, headers: [...headers.filter((line) => !isReplaced(line)), ...added].sort() };
}
