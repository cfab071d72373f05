import type { SessionRecord } from '@sess/core';
import { runsPerProperty } from '@sess/test-support';
import { afterAll, describe, expect, test } from 'vitest';
import { createRecord } from '../src/create-record.js';
import { destroyRecord } from '../src/destroy-record.js';
import type { Disk } from '../src/disk.js';
import { attempt, resume, run, type Steps } from '../src/steps.js';
import { listSubject } from '../src/subject-index.js';
import { updateRecord } from '../src/update-record.js';
import { createMemoryDisk, explore, type Scenario } from './interleavings.js';
import type { Call } from './one-record-model.js';

const id = 'abcdefghjkmnpqrstvwx';
const now = 1_000_000;
const soon = now + 1000;
const late = now + 5000;

function version(version: number, expiresAt = soon, subject?: string): SessionRecord {
  const record = { id, version, expiresAt, body: `body of ${version} ${subject}` };
  return subject === undefined ? record : { ...record, subject };
}

const create = (record: SessionRecord): Call => ({ do: 'create', record });
const update = (record: SessionRecord, ifVersion = record.version - 1): Call => ({ do: 'update', record, ifVersion });
const touch = (expiresAt: number): Call => ({ do: 'touch', expiresAt });
const read: Call = { do: 'read' };
const destroy: Call = { do: 'destroy' };
const sweep: Call = { do: 'sweep' };
const list = (subject: string): Call => ({ do: 'list', subject });
const wait = (ms: number): Call => ({ do: 'wait', ms });

/** What one process can be at, each with the others below. */
const works: Readonly<Record<string, readonly Call[]>> = {
  'create for Ann': [create(version(1, late, 'annabel'))],
  read: [read],
  'read twice': [read, read],
  'update and extend': [update(version(2, late))],
  'login of Ann': [update(version(2, late, 'annabel'))],
  'login of Bob': [update(version(2, late, 'robert'))],
  logout: [update(version(2, soon))],
  touch: [touch(late)],
  destroy: [destroy],
  'destroy and create': [destroy, create(version(7, late, 'robert'))],
  list: [list('annabel')],
  sweep: [sweep],
};

const starts: Readonly<Record<string, readonly Call[]>> = {
  'no record': [],
  'a record': [create(version(1))],
  "Ann's record": [create(version(1, soon, 'annabel'))],
  'an expired record': [create(version(1, soon, 'annabel')), wait(1000)],
  'a destroyed record': [create(version(1)), destroy],
};

function scenario(
  before: readonly Call[],
  processes: readonly (readonly Call[])[],
  limits: Partial<Scenario> = {},
): Scenario {
  return { id, now, before, processes, subjects: ['annabel', 'robert'], switches: 2, deaths: 0, ...limits };
}

let orders = 0;
afterAll(() => console.log(`fileStore: ${orders} orders of steps tried`));

/** Tries every order of the scenario's steps. */
function expectNoFault(wanted: Scenario, name: string): void {
  const { tried, fault } = explore(wanted);
  expect(fault, `${name}: ${JSON.stringify(fault, undefined, 1)}`).toBeUndefined();
  orders += tried;
}

// `npm run test:long` asks for more runs of everything; here that means to look deeper.
const isLong = runsPerProperty() >= 1000;
const switches = isLong ? { two: 3, oneDying: 2, three: 4 } : { two: 2, oneDying: 1, three: 2 };
const timeout = isLong ? 1_800_000 : 120_000;

describe('two processes at once, of which one may die', { timeout }, () => {
  test.each(Object.entries(starts))('from %s', (_, before) => {
    const names = Object.keys(works);
    names.forEach((one, index) => {
      for (const other of names.slice(index)) {
        const processes = [works[one] ?? [], works[other] ?? []];
        expectNoFault(scenario(before, processes, { switches: switches.two }), `${one}, and ${other}`);
        expectNoFault(scenario(before, processes, { switches: switches.oneDying, deaths: 1 }), `${one}, and ${other}`);
      }
    });
  });
});

describe('three processes at once', { timeout }, () => {
  const record = [create(version(1))];
  const owned = [create(version(1, soon, 'annabel'))];

  test.each([
    ['an update and a touch against a destroy (D2)', record, [[update(version(2))], [touch(late)], [destroy]]],
    [
      'two updates of one version, and a late touch (L1)',
      record,
      [[update(version(2))], [update(version(2, late))], [touch(late)]],
    ],
    [
      'an update against destroy, create and destroy',
      record,
      [[update(version(2))], [destroy, create(version(1))], [destroy]],
    ],
    [
      'an update that outlives its session against a second one of its id',
      record,
      [[update(version(2))], [destroy], [create(version(1, late))]],
    ],
    ['an update as the session expires (E4)', record, [[update(version(2, late))], [wait(1000)], [read, read]]],
    ['a touch as the session expires (E4)', record, [[touch(late)], [wait(1000)], [read, read]]],
    ['a touch as the session expires and is swept', record, [[touch(late)], [wait(1000)], [sweep]]],
    [
      'an update as the session expires and is made anew',
      record,
      [[update(version(2, late))], [wait(1000)], [create(version(1, late))]],
    ],
    ['creates of one id, and a destroy', [], [[create(version(1))], [create(version(2, late))], [destroy]]],
    [
      'a login against a logout of all (D5)',
      record,
      [[update(version(2, late, 'annabel'))], [list('annabel'), destroy], [list('annabel')]],
    ],
    [
      'a change of subject against lists of both',
      owned,
      [[update(version(2, late, 'robert'))], [list('annabel')], [list('robert')]],
    ],
    [
      'there and back between subjects',
      owned,
      [[update(version(2, late, 'robert')), update(version(3, late, 'annabel'))], [list('annabel')], [touch(late)]],
    ],
    ['reads as the session changes and expires (E4)', record, [[read, read, read], [touch(late)], [wait(1000)]]],
    ['reads beside an update and a destroy', record, [[read, read, read], [update(version(2))], [destroy]]],
    ['a sweep beside an update and a destroy', owned, [[sweep], [update(version(2))], [destroy]]],
  ] as const)('%s', (name, before, processes) => {
    expectNoFault(scenario(before, processes, { switches: switches.three }), name);
  });
});

describe('two records of a subject', () => {
  const [first, second] = ['session1', 'session2'].map((id) => ({ ...version(1, late, 'annabel'), id })) as [
    SessionRecord,
    SessionRecord,
  ];

  const destroyFirst = (disk: Disk) => destroyRecord(disk, first.id);
  const createSecond = (disk: Disk) => createRecord(disk, second);
  const updateFirst = (disk: Disk) => updateRecord(disk, { ...first, version: 2 }, 1);
  const updateSecond = (disk: Disk) => updateRecord(disk, { ...second, version: 2 }, 1);

  test.each([
    ['a create and a destroy', [first], createSecond, destroyFirst, ['session1', 'session1 session2', 'session2']],
    [
      'a destroy and an update',
      [first, second],
      destroyFirst,
      updateSecond,
      ['session1 session2', 'session2', 'session2/2'],
    ],
    [
      'two updates',
      [first, second],
      updateFirst,
      updateSecond,
      ['session1 session2', 'session1/2 session2', 'session1/2 session2/2'],
    ],
  ] as const)(
    'a list that is overtaken by %s answers what there was at one moment',
    (_, before, one, other, moments) => {
      const seen = new Set<string>();
      for (let early = 0; early < 25; early++) {
        for (let between = 0; between < 25; between++) {
          const disk = createMemoryDisk(now);
          for (const record of before) void run(createRecord(disk, record));
          const list = drive(listSubject(disk, 'annabel'), early);
          void run<unknown>(one(disk));
          list.advance(between);
          void run<unknown>(other(disk));
          const answer = list
            .finish()
            .map((record) => (record.version === 1 ? record.id : `${record.id}/${record.version}`));
          seen.add(answer.sort().join(' '));
        }
      }
      expect([...seen].sort()).toEqual([...moments].sort());
    },
  );
});

/** Drives steps a few at a time. */
function drive<T>(steps: Steps<T>, count: number): { advance: (more: number) => void; finish: () => T } {
  let turn = steps.next();
  const advance = (more: number): void => {
    for (let left = more; left > 0 && !turn.done; left--) turn = resume(steps, attempt(turn.value));
  };
  const finish = (): T => {
    while (!turn.done) turn = resume(steps, attempt(turn.value));
    return turn.value;
  };
  advance(count);
  return { advance, finish };
}
