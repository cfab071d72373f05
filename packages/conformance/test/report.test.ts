import { type StoreHarness, storeCases, Violation } from '@sess/conformance';
import { describe, expect, it } from 'vitest';
import { harnessOf, PlainStore } from './zoo/plain-store.js';
import { zoo } from './zoo/zoo.js';

/** The report of one case on one broken store. */
async function reportOf(harness: StoreHarness, caseName: string, runs = 200): Promise<string> {
  const cases = storeCases(harness, { profile: 'quick', seed: 7, runs });
  const error = await cases
    .find(({ name }) => name === caseName)
    ?.run()
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  expect(error).toBeInstanceOf(Violation);
  return (error as Violation).message;
}

const inhabitant = (wanted: string): StoreHarness => {
  const found = zoo.find(({ name }) => name === wanted);
  return found?.harness ?? expect.fail(`no inhabitant ${wanted}`);
};

describe('the report of a failed case', () => {
  it('says which promise is broken, what was done, what was expected and what came back', async () => {
    const report = await reportOf(
      inhabitant('destroy-that-only-blanks'),
      'update: a destroyed record is gone, and stays so',
    );
    expect(report).toBe(
      [
        'D2 broken: nothing in flight brings a destroyed session back.',
        'Case:      update: a destroyed record is gone, and stays so',
        'Done:',
        "  1. create({ id: 'a', version: 1, expiresAt: t+3600000, body: 'body' }) → 'created'",
        "  2. destroy('a') → undefined",
        "  3. update({ id: 'a', version: 2, expiresAt: t+3600000, body: 'body' }, 1) → { outcome: 'updated' }",
        "Expected:  { outcome: 'gone' }: it was destroyed",
        "Came back: { outcome: 'updated' }",
      ].join('\n'),
    );
  });

  it('says what was thrown, and keeps it as the cause', async () => {
    const broken: StoreHarness = {
      open: ({ clock }) => ({
        store: Object.assign(new PlainStore({ ...plainDisk(), reach() {} }, clock), {
          read: () => Promise.reject(new TypeError('cannot reach the moon')),
        }),
      }),
    };
    const [first] = storeCases(broken);
    const error = await first?.run().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ cause: expect.any(TypeError) });
    expect((error as Violation).message).toContain("read('a') → threw TypeError: cannot reach the moon");
    expect((error as Violation).message).toContain('Came back: it threw TypeError: cannot reach the moon');
  });

  // A store that forgets to return something is told what came back, not that the kit stumbled over it.
  it.each(['create', 'read', 'update', 'touch', 'list', 'sweep'] as const)(
    'says so when %s answers nothing',
    async (method) => {
      for (const nothing of [undefined, null]) {
        const mute = harnessOf((disk, clock) =>
          Object.assign(new PlainStore(disk, clock), { [method]: () => nothing }),
        );
        const examples = storeCases(mute, { profile: 'quick' }).filter(({ name }) => !/^(model|sessions):/.test(name));
        const errors = await Promise.all(examples.map(({ run }) => run().catch((error: Error) => error.message)));
        expect(errors.filter((error) => error !== undefined).length).toBeGreaterThan(0);
        expect(errors.filter((error) => error?.includes('TypeError'))).toEqual([]);
      }
    },
  );

  it('says which calls were in flight together', async () => {
    const report = await reportOf(
      inhabitant('update-after-destroy'),
      'races: a destroy holds against updates in flight',
    );
    expect(report).toMatch(
      /\(the next calls are made at once\)\n.* other\.update.*\n.* destroy.*\n.*\(all have answered\)/,
    );
  });

  it('says which call did not answer in time', async () => {
    const hanging: StoreHarness = {
      ...harnessOf((disk, clock) =>
        Object.assign(new PlainStore(disk, clock), { destroy: () => new Promise(() => {}) }),
      ),
      patience: 20,
    };
    const report = await reportOf(hanging, 'destroy: the record is gone at once');
    expect(report).toContain("it threw Error: destroy('a') did not answer within 20 ms");
  });

  it('shortens a script of hundreds of calls', async () => {
    const report = await reportOf(
      inhabitant('check-then-update'),
      'races: of a hundred updates at one version, exactly one wins',
    );
    expect(report).toMatch(/… \d+ more …/);
    expect(report.split('\n').length).toBeLessThan(40);
    expect(report).toContain("Expected:  one 'updated' and 99 'conflict'");
  });

  it('shows a random script as short as it gets, with what the model expected, and the seed', async () => {
    const report = await reportOf(
      inhabitant('touch-that-revives'),
      'model: whatever is called one after another, the answers are those of the contract',
    );
    const lines = report.split('\n');
    expect(lines.filter((line) => /^ {2}\d+\./.test(line)).length).toBeLessThanOrEqual(4);
    expect(report).toContain("Expected:  'gone'");
    expect(report).toContain("Came back: 'touched'");
    expect(lines.at(-1)).toBe('Seed:      7 (FC_SEED=7 repeats it)');
  });

  it('finds the same script again with the same seed', async () => {
    const search = 'model: whatever is called at once, some order of the calls explains the answers';
    const reports = [1, 2].map(() => reportOf(inhabitant('update-after-destroy'), search));
    const [first, second] = await Promise.all(reports);
    expect(first).toBe(second);
    expect(first).toContain('(the next calls are made at once)');
    expect(first).toContain('Expected:  answers that some order of these calls explains');
  });
});

describe('the model properties', () => {
  // What the table of the zoo leaves out: without a single example case, the random ones find most of it.
  it.each([
    [
      'one after another',
      [
        'upsert-on-update',
        'version-not-checked',
        'touch-that-revives',
        'create-replaces',
        'list-returns-expired',
        'sweep-ignores-limit',
      ],
    ],
    [
      'at once',
      [
        'check-then-update',
        'check-then-create',
        'update-after-destroy',
        'touch-after-destroy',
        'touch-writes-back-what-it-read',
      ],
    ],
  ])('find by themselves, %s', async (how, names) => {
    for (const name of names) {
      const search = storeCases(inhabitant(name), { seed: 1, runs: 300 }).find(
        (one) => one.name.startsWith('model: ') && one.name.includes(how),
      );
      await expect(search?.run(), name).rejects.toThrow(Violation);
    }
  });

  it('let a store drop what has expired whenever it likes, clock set back or not', async () => {
    class Dropping extends PlainStore {
      override find(id: string) {
        const record = super.find(id);
        if (record === undefined) this.drop(id);
        return record;
      }
    }
    const cases = storeCases(
      harnessOf((disk, time) => new Dropping(disk, time)),
      { seed: 3, runs: 300 },
    );
    for (const { name, run } of cases) if (name.startsWith('model: ')) await run();
  });
});

function plainDisk() {
  return { records: new Map(), isCutOff: false, seen: new Set<string>() };
}
