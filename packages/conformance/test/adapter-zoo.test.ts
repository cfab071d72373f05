import { adapterCases, Violation } from '@sess/conformance';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { adapterZoo } from './adapter-zoo/adapter-zoo.js';
import { harnessOf, PlainAdapter } from './adapter-zoo/plain-adapter.js';

const scenarios = adapterCases(harnessOf(PlainAdapter));

describe('an adapter of a few lines that is right', () => {
  for (const { name, run } of scenarios) test(name, run);
});

describe('the zoo of broken adapters', () => {
  const caughtBy = new Map<string, readonly string[]>();

  beforeAll(async () => {
    // Some wait in vain for quite a while, so several wait concurrently.
    const left = [...adapterZoo];
    const work = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined; next = left.pop())
        caughtBy.set(next.name, await findViolations(next.Adapter));
    };
    await Promise.all(Array.from({ length: 4 }, work));
  });

  it('has inhabitants with names of their own', () => {
    expect(new Set(adapterZoo.map(({ name }) => name)).size).toBe(adapterZoo.length);
  });

  it.each(adapterZoo)('catches $name by "$caughtBy"', ({ name, caughtBy: scenario }) => {
    expect(caughtBy.get(name)).toContain(scenario);
  });

  it.each(scenarios)('would miss an inhabitant without "$scenario", or says why it stays', ({ scenario, why }) => {
    const onlyHere = [...caughtBy].filter(([, found]) => found.length === 1 && found[0] === scenario);
    if (why === undefined) expect(onlyHere).not.toEqual([]);
    else expect(onlyHere).toEqual([]);
  });
});

test('an exception that names no scenario is refused', () => {
  const harness = { ...harnessOf(PlainAdapter), exceptions: { 'no such scenario': 'a reason' } };

  expect(() => adapterCases(harness)).toThrow(/no such scenario/);
});

test('an exception is in the name of its case, which then does nothing', async () => {
  const exceptions = { 'a 304: stored, cookie set': 'there are no such answers here' };
  const serve = () => Promise.reject(new Error('not to be called'));
  const found = adapterCases({ serve, exceptions }).find(({ skip }) => skip !== undefined);

  expect(found?.name).toBe('a 304: stored, cookie set [skipped: there are no such answers here]');
  await found?.run();
});

/** The scenarios that fail, run concurrently, since each has its own server; each must fail with a report. */
async function findViolations(Adapter: new () => PlainAdapter): Promise<readonly string[]> {
  const failed: string[] = [];
  const runs = adapterCases(harnessOf(Adapter)).map(async ({ scenario, run }) => {
    const error = await run().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) return;
    expect(error).toBeInstanceOf(Violation);
    failed.push(scenario);
  });
  await Promise.all(runs);
  return failed;
}
