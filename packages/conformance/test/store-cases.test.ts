import { type StoreHarness, storeCases } from '@sess/conformance';
import type { Clock, SessionStore, SubjectIndex, Sweepable } from '@sess/core';
import { type MemoryStore, memoryStore } from '@sess/store-memory';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { harnessOf, PlainStore } from './zoo/plain-store.js';

const memory: StoreHarness = {
  abilities: ['subjectIndex', 'sweep'],
  open: ({ clock }) => ({ store: memoryStore({ clock }) }),
};

describe('storeCases', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('gives every case a name of its own and a run that any runner can call', () => {
    const cases = storeCases(memory);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    // Mocha and jest wait for a callback when a test function takes a parameter.
    for (const { run } of cases) expect(run).toHaveLength(0);
  });

  it('takes a function for a store that can do nothing more', async () => {
    const cases = storeCases(({ clock }) => withoutAbilities(memoryStore({ clock })), { profile: 'quick', runs: 20 });
    expect(cases.filter(({ name }) => /^(list|sweep|close):/.test(name))).toEqual([]);
    for (const { run } of cases) await run();
  });

  it('lists what a harness cannot serve as skipped, with the reason', async () => {
    const skipped = storeCases({ ...memory, clock: 'server' }).filter(({ skip }) => skip !== undefined);
    expect(new Set(skipped.map(({ skip }) => skip))).toEqual(
      new Set([
        "a server's clock cannot be moved",
        "a server's clock cannot be stopped at an exact instant",
        'the harness has no connect()',
        'the harness has no crash() and restart()',
        'the harness has no partition() and heal()',
      ]),
    );
    for (const { name, skip, run } of skipped) {
      expect(name).toContain(`[skipped: ${skip}]`);
      await run();
    }
  });

  it('skips nothing for a harness that offers everything', () => {
    const cases = storeCases(harnessOf((disk, clock) => new PlainStore(disk, clock)));
    expect(cases.filter(({ skip }) => skip !== undefined)).toEqual([]);
  });

  it('says in words when a store can more, or less, than its harness declares', async () => {
    const run = (abilities: StoreHarness['abilities']) =>
      storeCases({ ...memory, ...(abilities && { abilities }) })
        .find(({ name }) => name.startsWith('abilities'))
        ?.run();
    await expect(run(['subjectIndex'])).rejects.toThrow(
      "does not declare the ability 'sweep' (if the store has it, declare it)",
    );
    await expect(run(['subjectIndex', 'sweep', 'close'])).rejects.toThrow(
      "because the harness declares the ability 'close'",
    );
  });

  // Some servers send a thousand at a time, which is too many to try on every save.
  it('finds a list that ends after a thousand records, unless it is to be quick', async () => {
    const cut = ({ clock }: { clock: Clock }) => {
      const store = memoryStore({ clock });
      const list = store.list.bind(store);
      return { store: Object.assign(store, { list: (subject: string) => list(subject).slice(0, 1000) }) };
    };
    const run = (profile: 'full' | 'quick') =>
      storeCases({ ...memory, open: cut }, { profile })
        .find(({ name }) => name.startsWith('list: hundreds of records'))
        ?.run();
    await expect(run('full')).rejects.toThrow('all of them are hers');
    await run('quick');
  });

  it('disposes of every store it opened, those of failed cases included', async () => {
    const opened = new Set<object>();
    const cases = storeCases(
      {
        ...memory,
        open: () => {
          const one = { store: Object.assign(memoryStore(), { read: () => ({ id: 'wrong' }) as never }) };
          opened.add(one);
          return one;
        },
        dispose: (one) => {
          opened.delete(one);
        },
      },
      { runs: 3 },
    );
    for (const { run } of cases) await run().catch(() => {});
    expect(opened.size).toBe(0);
  });

  it('runs in real time against a clock that it cannot move', async () => {
    const cases = storeCases(
      {
        abilities: ['subjectIndex', 'sweep'],
        clock: 'server',
        clockTolerance: 5,
        open: () => ({ store: memoryStore() }),
      },
      { profile: 'quick', runs: 20 },
    );
    for (const { run } of cases) await run();
  });

  it('passes a store that takes its time, in real time', async () => {
    const open = () => ({ store: delayed(memoryStore()) });
    const cases = storeCases(
      { abilities: ['subjectIndex', 'sweep'], clock: 'server', clockTolerance: 5, open },
      { profile: 'quick', runs: 1 },
    );
    for (const { run } of cases) await run();
  });

  // Processor time, since a machine that is busy with other things is not the kit's doing.
  it.each([
    ['quick', 3_000],
    ['full', 20_000],
  ] as const)('costs little on the memory store: %s, less than %i ms', async (profile, limit) => {
    vi.stubEnv('FC_NUM_RUNS', '');
    const before = process.cpuUsage();
    for (const { run } of storeCases(memory, { profile })) await run();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(limit);
  });

  it('takes the seed and the number of runs from the environment', async () => {
    const opens = vi.fn(() => ({ store: memoryStore() }));
    vi.stubEnv('FC_NUM_RUNS', '7');
    await storeCases({ ...memory, clock: 'server', open: opens })
      .find(({ name }) => name.startsWith('model'))
      ?.run();
    expect(opens).toHaveBeenCalledTimes(7);
  });

  it('prefers what its options say', async () => {
    const opens = vi.fn(() => ({ store: memoryStore() }));
    vi.stubEnv('FC_NUM_RUNS', '7');
    const cases = storeCases({ ...memory, clock: 'server', open: opens }, { runs: 3 });
    await cases.find(({ name }) => name.startsWith('model'))?.run();
    expect(opens).toHaveBeenCalledTimes(3);
  });

  it.each([
    [{ seed: 1.5 }, 'seed'],
    [{ runs: 0 }, 'runs'],
    [{ runs: Number.NaN }, 'runs'],
  ])('refuses %o', (options, what) => {
    expect(() => storeCases(memory, options)).toThrow(what);
  });
});

/** The same store, each of whose calls takes a millisecond, as over a network. */
function delayed(store: MemoryStore): SessionStore & SubjectIndex & Sweepable {
  const late = <T>(act: () => T): Promise<T> => new Promise<void>((resolve) => setTimeout(resolve, 1)).then(act);
  return {
    create: (record) => late(() => store.create(record)),
    read: (id) => late(() => store.read(id)),
    update: (record, ifVersion) => late(() => store.update(record, ifVersion)),
    touch: (id, expiresAt) => late(() => store.touch(id, expiresAt)),
    destroy: (id) => late(() => store.destroy(id)),
    list: (subject) => late(() => store.list(subject)),
    sweep: (limit) => late(() => store.sweep(limit)),
  };
}

function withoutAbilities(store: SessionStore): SessionStore {
  return {
    create: (record) => store.create(record),
    read: (id) => store.read(id),
    update: (record, ifVersion) => store.update(record, ifVersion),
    touch: (id, expiresAt) => store.touch(id, expiresAt),
    destroy: (id) => store.destroy(id),
  };
}
