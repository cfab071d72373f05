import type { SessionRecord } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { createRecord } from '../src/create-record.js';
import { destroyRecord } from '../src/destroy-record.js';
import type { Disk } from '../src/disk.js';
import { readRecord } from '../src/read-record.js';
import { resume, run, type Steps, settle } from '../src/steps.js';
import { listSubject } from '../src/subject-index.js';
import { touchRecord } from '../src/touch-record.js';
import { updateRecord } from '../src/update-record.js';
import { createMemoryDisk } from './interleavings.js';
import { Journal } from './journal.js';
import type { MemoryFileSystem } from './memory-file-system.js';

const now = 1_000_000;
const [soon, late] = [now + 1000, now + 5000];
const id = 'abcdefghjkmnpqrstvwx';
const first: SessionRecord = { id, version: 1, expiresAt: soon, body: 'first', subject: 'annabel' };
const second: SessionRecord = { id, version: 2, expiresAt: soon, body: 'second', subject: 'annabel' };
const moved: SessionRecord = { ...second, subject: 'robert' };
const touched: SessionRecord = { ...first, expiresAt: late };

type Act = (disk: Disk) => Steps<unknown>;
const create =
  (record: SessionRecord): Act =>
  (disk) =>
    createRecord(disk, record);
const update =
  (record: SessionRecord): Act =>
  (disk) =>
    updateRecord(disk, record, record.version - 1);
const touch: Act = (disk) => touchRecord(disk, id, late);
const destroy: Act = (disk) => destroyRecord(disk, id);

/** A call that is acknowledged; `pending` is what another process had done, and not yet flushed, by then. */
const cases: readonly {
  readonly name: string;
  readonly before: readonly SessionRecord[];
  readonly pending?: Act;
  readonly act: Act;
  /** What there may be before the acknowledgement. */
  readonly until: readonly (SessionRecord | undefined)[];
  /** What there is after it. */
  readonly after: SessionRecord | undefined;
}[] = [
  { name: 'a create', before: [], act: create(first), until: [undefined, first], after: first },
  { name: 'an update', before: [first], act: update(second), until: [first, second], after: second },
  { name: 'a change of subject', before: [first], act: update(moved), until: [first, moved], after: moved },
  { name: 'a touch', before: [first], act: touch, until: [first, touched], after: touched },
  { name: 'a destroy', before: [first], act: destroy, until: [first, undefined], after: undefined },
  {
    name: "a touch after another's",
    before: [first],
    pending: touch,
    act: touch,
    until: [first, touched],
    after: touched,
  },
  {
    name: "a destroy after another's",
    before: [first],
    pending: destroy,
    act: destroy,
    until: [first, undefined],
    after: undefined,
  },
  {
    name: "an update after another's touch",
    before: [first],
    pending: touch,
    act: update(second),
    until: [first, touched, { ...second, expiresAt: late }],
    after: { ...second, expiresAt: late },
  },
  {
    name: "an update after another's change of subject",
    before: [first],
    pending: update(moved),
    act: update({ ...second, version: 3 }),
    until: [first, moved, { ...second, version: 3 }],
    after: { ...second, version: 3 },
  },
  {
    name: "a destroy after another's update",
    before: [first],
    pending: update(second),
    act: destroy,
    until: [first, second, undefined],
    after: undefined,
  },
  {
    name: "a create after another's destroy",
    before: [first],
    pending: destroy,
    act: create(moved),
    until: [first, undefined, moved],
    after: moved,
  },
];

describe('with durability of power, whatever a loss of power leaves at any step', () => {
  test.each(cases)('$name: old or new before it is acknowledged, new after it', async (each) => {
    const journal = new Journal(await prepare(each.before));
    const disk = diskOn(journal.fs);
    if (each.pending !== undefined) await leavePending(each.pending, disk);

    const steps = each.act(disk);
    let losses = 0;
    for (let turn = steps.next(); ; ) {
      for (const fs of journal.losses()) {
        losses++;
        const found = await stateOf(fs);
        expect(turn.done ? [each.after] : each.until).toContainEqual(found);
      }
      if (turn.done) break;
      turn = resume(steps, await settle(turn.value));
    }
    expect(losses).toBeGreaterThan(3);
  });
});

async function prepare(records: readonly SessionRecord[]): Promise<MemoryFileSystem> {
  const disk = createMemoryDisk(now);
  for (const record of records) await run(createRecord(disk, record));
  return disk.fs as MemoryFileSystem;
}

/** Resolves when `act` has changed the record and is about to make that last; it gets no further. */
function leavePending(act: Act, disk: Disk): Promise<void> {
  const { fs } = disk;
  return new Promise((resolve) => {
    let changed = false;
    const rename: typeof fs.rename = (from, to) => {
      changed = true;
      return fs.rename(from, to);
    };
    const flush: typeof fs.flush = (path) => {
      if (!changed) return fs.flush(path);
      resolve();
      return new Promise(() => undefined);
    };
    void run(act({ ...disk, fs: { ...fs, rename, flush } }));
  });
}

function diskOn(fs: Disk['fs']): Disk {
  return { ...createMemoryDisk(now), fs, power: true };
}

/** The record on a disk. It must be readable, and on the list of its subject and no other. */
async function stateOf(fs: MemoryFileSystem): Promise<SessionRecord | undefined> {
  const disk = diskOn(fs);
  const found = await run(readRecord(disk, id));
  for (const subject of ['annabel', 'robert']) {
    expect(await run(listSubject(disk, subject))).toEqual(found?.subject === subject ? [found] : []);
  }
  return found;
}
