import { adapterCases, Violation } from '@sess/conformance';
import { describe, expect, test } from 'vitest';
import { adapterZoo } from './adapter-zoo/broken-adapters.js';
import { harnessOf, PlainAdapter } from './adapter-zoo/plain-adapter.js';

describe('an adapter of a few lines that is right', () => {
  for (const { name, run } of adapterCases(harnessOf(new PlainAdapter()))) test(name, run);
});

describe('a broken adapter is caught', () => {
  test.each(adapterZoo)('$name: $caughtBy', async ({ adapter, caughtBy }) => {
    const found = adapterCases(harnessOf(adapter, 300)).find(({ scenario }) => scenario === caughtBy);

    await expect(found?.run()).rejects.toBeInstanceOf(Violation);
  });

  test('by every scenario: none is there that catches nothing', () => {
    const catching = new Set(adapterZoo.map(({ caughtBy }) => caughtBy));
    const idle = adapterCases(harnessOf(new PlainAdapter())).filter(({ scenario }) => !catching.has(scenario));

    expect(idle.map(({ scenario }) => scenario)).toEqual([]);
  });
});

test('an exception that names no scenario is refused', () => {
  const harness = { ...harnessOf(new PlainAdapter()), exceptions: { 'no such scenario': 'a reason' } };

  expect(() => adapterCases(harness)).toThrow(/no such scenario/);
});

test('an exception is in the name of its case, which then does nothing', async () => {
  const exceptions = { 'a 304: stored, cookie set': 'there are no such answers here' };
  const serve = () => Promise.reject(new Error('not to be called'));
  const found = adapterCases({ serve, exceptions }).find(({ skip }) => skip !== undefined);

  expect(found?.name).toBe('a 304: stored, cookie set [skipped: there are no such answers here]');
  await found?.run();
});
