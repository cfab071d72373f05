import { type StoreCase, sessionCases, storeCases, type Violation } from '@sess/conformance';
import { memoryStore } from '@sess/store-memory';
import { describe, expect, it } from 'vitest';
import { zoo } from './zoo/zoo.js';

const seed = 5;

/** What the first case that fails says of a store of the zoo. */
async function findingOn(name: string): Promise<Violation | undefined> {
  const harness = zoo.find((one) => one.name === name)?.harness ?? expect.fail(`no inhabitant ${name}`);
  for (const { run } of sessionCases(harness, { seed, runs: 100 })) {
    const found = await run().catch((error: unknown) => error as Violation);
    if (found !== undefined) return found;
  }
  return undefined;
}

describe('sessionCases', () => {
  // A store author should see what breaks for users, not only which call returns a wrong result.
  it.each([
    ['version-not-checked', /^L/],
    ['conflict-shows-the-loser', /^L/],
    ['expires-a-second-early', /^E/],
    ['upsert-on-update', /^D/],
    ['destroy-that-only-blanks', /^D/],
    ['destroy-does-nothing', /^D/],
  ])('sees in whole sessions which promise %s breaks', async (name, promise) => {
    expect((await findingOn(name))?.finding.invariant).toMatch(promise);
  });

  it('tells the story: which promise, who did what in which order, what was expected, what came back, the seed', async () => {
    const { message = '' } = (await findingOn('destroy-that-only-blanks')) ?? {};
    expect(message).toMatch(/^D[12] broken: /);
    expect(message).toMatch(/\nExpected: {2}.*\bS1\b/);
    expect(message).toContain('\nCame back: ');
    expect(message).toMatch(/ store\.destroy S1 takes effect: done\n.* store\.update S1 .* takes effect: updated\n/s);
    expect(message).toContain(`(FC_SEED=${seed} repeats it)`);
  });

  it('is part of what every store goes through', () => {
    const harness = { open: () => ({ store: memoryStore() }) };
    const names = (cases: readonly StoreCase[]) => cases.map(({ name }) => name);
    expect(names(storeCases(harness))).toEqual(expect.arrayContaining(names(sessionCases(harness))));
  });
});
