import { readdirSync } from 'node:fs';
import { manualClock, type SessionRecord } from '@sess/core';
import { type FileStore, type FileStoreProblem, fileStore } from '@sess/store-file';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRecord } from '../src/create-record.js';
import { destroyRecord } from '../src/destroy-record.js';
import type { Disk } from '../src/disk.js';
import { FileStoreError } from '../src/errors.js';
import type { FileSystem } from '../src/file-system.js';
import { LastSeen } from '../src/last-seen.js';
import { Layout } from '../src/layout.js';
import { createLabel } from '../src/names.js';
import { nodeFileSystem } from '../src/node-file-system.js';
import { attempt, resume, type Steps } from '../src/steps.js';
import { listSubject } from '../src/subject-index.js';
import { sweepRecord } from '../src/sweeper.js';
import { touchRecord } from '../src/touch-record.js';
import { updateRecord } from '../src/update-record.js';
import { makeTemporaryDirectory, removeDirectory } from './temporary-directory.js';

const id = 'abcdefghjkmnpqrstvwx';
const clock = manualClock();
const soon = clock.now() + 1000;
const late = clock.now() + 5000;
const first: SessionRecord = { id, version: 1, expiresAt: soon, body: '{"first":true}', subject: 'annabel' };
const second: SessionRecord = {
  id,
  version: 2,
  expiresAt: late,
  body: `{"second":"${'x'.repeat(500)}"}`,
  subject: 'robert',
};

/** Each operation, and what may be in the store after it was cut off: before it, and once it has returned, after it. */
const operations: readonly {
  readonly name: string;
  readonly before: readonly SessionRecord[];
  readonly start: (disk: Disk) => Steps<unknown>;
  readonly after: SessionRecord | undefined;
}[] = [
  { name: 'create', before: [], start: (disk) => createRecord(disk, second), after: second },
  {
    name: 'update',
    before: [first],
    start: (disk) => updateRecord(disk, { ...second, subject: 'annabel' }, 1),
    after: { ...second, subject: 'annabel' },
  },
  {
    name: 'update with another subject',
    before: [first],
    start: (disk) => updateRecord(disk, second, 1),
    after: second,
  },
  {
    name: 'touch',
    before: [first],
    start: (disk) => touchRecord(disk, id, late),
    after: { ...first, expiresAt: late },
  },
  { name: 'destroy', before: [first], start: (disk) => destroyRecord(disk, id), after: undefined },
  { name: 'list', before: [first], start: (disk) => listSubject(disk, 'annabel'), after: first },
  { name: 'sweep', before: [first], start: (disk) => sweepRecord(disk, disk.layout.place(id)), after: first },
];

describe.each(operations)('$name, cut off at every step', ({ before, start, after }) => {
  let directory: string;
  let problems: FileStoreProblem[];
  beforeEach(() => {
    directory = makeTemporaryDirectory();
    problems = [];
  });
  afterEach(() => removeDirectory(directory));

  const steps = countSteps(before, start);
  const everyStep = Array.from({ length: steps }, (_, step) => step);

  test.each(everyStep)('killed after step %i: old or new, and usable', async (step) => {
    const { store, disk } = await open(before);
    drive(start(disk), (index) => (index <= step ? 'go on' : 'die'));
    await expectWhole(store, step === steps - 1 ? [after] : [before[0], after]);
  });

  test.each(everyStep)('killed in the middle of step %i: old or new, and usable', async (step) => {
    const { store, disk } = await open(before);
    let tear = false;
    const fs: FileSystem = {
      ...nodeFileSystem,
      write: (file, text) => nodeFileSystem.write(file, tear ? text.slice(0, text.length / 2) : text),
    };
    drive(start({ ...disk, fs }), (index) => {
      tear = index === step;
      return index <= step ? 'go on' : 'die';
    });
    await expectWhole(store, [before[0], after]);
  });

  test.each(everyStep)('with a full disk at step %i: old and an error, or new', async (step) => {
    const { store, disk } = await open(before);
    const outcome = drive(start(disk), (index) => (index === step ? 'fail' : 'go on'));
    if ('error' in outcome) expect(outcome.error).toBeInstanceOf(FileStoreError);
    await expectWhole(store, ['error' in outcome ? before[0] : after]);
  });

  async function open(records: readonly SessionRecord[]): Promise<{ store: FileStore; disk: Disk }> {
    const store = fileStore({ directory, clock, onProblem: (problem) => problems.push(problem) });
    for (const record of records) await store.create(record);
    return { store, disk: diskAt(directory) };
  }

  async function expectWhole(store: FileStore, possible: readonly (SessionRecord | undefined)[]): Promise<void> {
    const found = await store.read(id);
    expect(possible).toContainEqual(found);
    await expectListed(store, found);
    // A sweep takes the leftovers away, and nothing else.
    buryDrafts(directory);
    await store.sweep(100);
    expect(await store.read(id)).toEqual(found);
    await expectListed(store, found);
    // The record is as good as any.
    const next = { ...second, version: 3, subject: 'annabel' };
    if (found === undefined) expect(await store.create(next)).toBe('created');
    else expect(await store.update(next, found.version)).toEqual({ outcome: 'updated' });
    expect(await store.touch(id, late + 1)).toBe('touched');
    await expectListed(store, { ...next, expiresAt: late + 1 });
    await store.destroy(id);
    expect(await store.read(id)).toBeUndefined();
    expect(litterIn(directory)).toEqual([]);
    expect(problems).toEqual([]);
  }
});

/** Does steps one after another as `decide` says; `'fail'` is the system's word that the disk is full. */
function drive(steps: Steps<unknown>, decide: (index: number) => 'go on' | 'die' | 'fail'): { error?: unknown } {
  try {
    let turn = steps.next();
    for (let index = 0; !turn.done; index++) {
      const wanted = decide(index);
      if (wanted === 'die') return {};
      const full = new FileStoreError('ENOSPC', '/', 'the disk is full');
      turn = resume(steps, wanted === 'fail' ? { error: full } : attempt(turn.value));
    }
    return {};
  } catch (error) {
    return { error };
  }
}

function countSteps(before: readonly SessionRecord[], start: (disk: Disk) => Steps<unknown>): number {
  const directory = makeTemporaryDirectory();
  const store = fileStore({ directory, clock });
  for (const record of before) void store.create(record);
  let steps = 0;
  drive(start(diskAt(directory)), (index) => {
    steps = index + 1;
    return 'go on';
  });
  removeDirectory(directory);
  return steps;
}

function diskAt(directory: string): Disk {
  const report = (path: string, reason: string) => {
    // Leftovers that could not be removed are part of the play.
    if (!reason.includes('the disk is full')) throw new Error(`${path}: ${reason}`);
  };
  return { fs: nodeFileSystem, layout: new Layout(directory), clock, report, lastSeen: new LastSeen(), power: false };
}

/** Does what a sweep does to drafts that are an hour old. */
function buryDrafts(directory: string): void {
  const layout = new Layout(directory);
  for (const label of nodeFileSystem.list(layout.drafts)) {
    nodeFileSystem.rename(layout.draft(label), layout.grave(createLabel()));
  }
}

async function expectListed(store: FileStore, record: SessionRecord | undefined): Promise<void> {
  for (const subject of ['annabel', 'robert']) {
    expect(await store.list(subject)).toEqual(record?.subject === subject ? [record] : []);
  }
}

/** All files, and the folders that are not part of the frame. */
function litterIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !/^(records|subjects|drafts|trash)(\/[0-9a-f]{2})?$/.test(path),
  );
}
