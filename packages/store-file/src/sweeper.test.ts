import { mkdirSync, utimesSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { Workplace } from '../test/workplace.js';
import { createRecord } from './create-record.js';
import { FileStoreError } from './errors.js';
import { nodeFileSystem } from './node-file-system.js';
import { attempt, resume, run } from './steps.js';
import { Sweeper } from './sweeper.js';

const hour = 3_600_000;
const work = Workplace.use();

async function createMany(count: number, life: (n: number) => number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await work.store.create(
      work.record({ id: `session${n}`, expiresAt: work.clock.now() + life(n), subject: 'annabel' }),
    );
  }
}

test('opens no file of a live record, and looks at each once', async () => {
  await createMany(30, () => hour);
  const reads: string[] = [];
  const lists: string[] = [];
  const fs = {
    ...nodeFileSystem,
    read: (file: string) => {
      reads.push(file);
      return nodeFileSystem.read(file);
    },
    list: (folder: string) => {
      lists.push(folder);
      return nodeFileSystem.list(folder);
    },
  };

  expect(await run(new Sweeper().sweep({ ...work.disk, fs }, 100))).toBe(0);

  expect(reads).toEqual([]);
  expect(lists.filter((folder) => folder.includes('/session'))).toHaveLength(30);
  expect(new Set(lists).size).toBe(lists.length);
});

test('goes on where the last call stopped', async () => {
  await createMany(100, () => 1000);
  work.clock.advance(1000);
  const lists: string[] = [];
  const fs = {
    ...nodeFileSystem,
    list: (folder: string) => {
      lists.push(folder);
      return nodeFileSystem.list(folder);
    },
  };
  const sweeper = new Sweeper();

  for (let removed = 0; removed < 100; removed += 10) {
    expect(await run(sweeper.sweep({ ...work.disk, fs }, 10))).toBe(10);
  }
  expect(await run(sweeper.sweep({ ...work.disk, fs }, 10))).toBe(0);

  // Ten calls that each begin at the first shard would look at many of them ten times.
  const shards = lists.filter((folder) => /\/records\/..$/.test(folder));
  expect(shards.length).toBeLessThan(256 + 256 + 11);
  expect(work.content()).toEqual([]);
});

// Else a sweep of some 100,000 sessions or more exceeds the core's storeTimeout, each time.
test('looks for two seconds, at one shard at least, and goes on from there', async () => {
  await createMany(100, () => 1000);
  work.clock.advance(1000);
  let shards = 0;
  const list = (folder: string) => {
    if (/\/records\/..$/.test(folder)) shards++;
    return nodeFileSystem.list(folder);
  };
  const disk = { ...work.disk, fs: { ...nodeFileSystem, list } };
  let now = 0;
  const slowClock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
  const sweeper = new Sweeper();
  let removed = 0;
  try {
    for (let call = 1; call <= 256; call++) {
      removed += await run(sweeper.sweep(disk, 1000));
      expect(shards).toBe(call);
    }
  } finally {
    slowClock.mockRestore();
  }
  expect(removed).toBe(100);
});

test('takes all that has expired, with its markers, and leaves the rest', async () => {
  await createMany(200, (n) => (n % 2 === 0 ? 1000 : hour));
  work.clock.advance(1000);

  expect(await work.store.sweep(Number.POSITIVE_INFINITY)).toBe(100);

  expect(await work.store.list('annabel')).toHaveLength(100);
  expect(work.content().filter((path) => path.startsWith('subjects/'))).toHaveLength(101);
});

test('goes round what it cannot remove, and then throws the first failure', async () => {
  await createMany(10, () => 1000);
  work.clock.advance(1000);
  const stuck = [work.layout.grave('stuck'), work.folderOf('session3')];
  mkdirSync(work.layout.grave('stuck'));
  mkdirSync(work.layout.grave('other'));
  const list = (folder: string) => {
    if (stuck.includes(folder)) throw new FileStoreError('EACCES', folder, 'not yours');
    return nodeFileSystem.list(folder);
  };

  const sweep = async () => run(new Sweeper().sweep({ ...work.disk, fs: { ...nodeFileSystem, list } }, 100));

  await expect(sweep()).rejects.toMatchObject({ code: 'EACCES', path: stuck[0] });
  const left = work.content().filter((path) => !/^subjects|\.record$|current\./.test(path));
  expect(left.map((path) => `${work.directory}/${path}`).sort()).toEqual(stuck.sort());
});

test('lets others go every few milliseconds', async () => {
  await createMany(2000, () => hour);
  let [longest, since, pauses] = [0, process.cpuUsage(), 0];
  // What `run` does, measuring the processor time from promise to promise: others use the processor too.
  const steps = new Sweeper().sweep(work.disk, 10);
  for (let turn = steps.next(); !turn.done; ) {
    const outcome = attempt(turn.value);
    if ('value' in outcome && outcome.value instanceof Promise) {
      const { user, system } = process.cpuUsage(since);
      longest = Math.max(longest, (user + system) / 1000);
      pauses++;
      await outcome.value;
      since = process.cpuUsage();
    }
    turn = resume(steps, outcome);
  }

  expect(pauses).toBeGreaterThan(0);
  expect(longest).toBeLessThan(30);
});

describe('what crashes have left behind', () => {
  /** Begins to create a record, and stops when it is all there but for its place. */
  function begin() {
    const steps = createRecord(work.disk, work.record({ subject: 'annabel' }));
    let turn = steps.next();
    while (!turn.done && !String(turn.value).includes('rename')) turn = resume(steps, attempt(turn.value));
    const draft = work.content().find((path) => /^drafts\/[^/]+$/.test(path));
    const finish = () => {
      while (!turn.done) turn = resume(steps, attempt(turn.value));
      return turn.value;
    };
    return { draft: `${work.directory}/${draft}`, finish };
  }

  test('a draft of the last hour may still become a record', async () => {
    const { finish } = begin();
    const before = work.content();

    await work.store.sweep(10);

    expect(work.content()).toEqual(before);
    expect(finish()).toBe('created');
  });

  test('an older one is removed with its marker; its maker, if it should still be at work, makes another', async () => {
    const { draft, finish } = begin();
    const old = Date.now() / 1000 - 3601;
    utimesSync(draft, old, old);

    await work.store.sweep(10);
    expect(work.content()).toEqual([]);
    expect(await work.store.list('annabel')).toEqual([]);

    expect(finish()).toBe('created');
    expect(await work.store.list('annabel')).toEqual([work.record({ subject: 'annabel' })]);
    expect(work.content().filter((path) => path.startsWith('drafts/'))).toEqual([]);
  });
});
