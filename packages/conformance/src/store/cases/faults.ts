import type { SessionRecord } from '@sess/core';
import type { CaseDefinition } from '../store-case.js';
import { hour } from '../time.js';
import type { Trial } from '../trial.js';

/** How long (ms) calls are watched while the store is cut off: long enough for a result made up on the spot. */
const watchTime = 300;

export const faultCases: readonly CaseDefinition[] = [
  {
    name: 'crash: what was acknowledged is there afterwards',
    invariant: 'C1',
    needs: ['crash'],
    async check(trial) {
      const [created, touched] = [trial.record({ id: 'created' }), trial.record({ id: 'touched' })];
      for (const record of [created, touched, trial.record({ id: 'updated' })]) await trial.store.create(record);
      const updated = trial.record({ id: 'updated', version: 2, subject: 'ann', body: 'updated' });
      await trial.store.update(updated, 1);
      const expiresAt = touched.expiresAt + hour;
      await trial.store.touch('touched', expiresAt);

      await trial.crashAndRestart();
      await trial.sees(trial.store.read('created'), created, 'create had answered');
      await trial.sees(trial.store.read('updated'), updated, 'update had answered');
      await trial.sees(trial.store.read('touched'), { ...touched, expiresAt }, 'touch had answered');
    },
  },
  {
    name: 'crash: what was destroyed stays destroyed',
    invariant: 'D1',
    needs: ['crash'],
    async check(trial) {
      for (const id of ['a', 'b']) await trial.store.create(trial.record({ id }));
      await trial.crashAndRestart();
      await trial.store.destroy('a');
      await trial.crashAndRestart();
      await trial.sees(trial.store.read('a'), undefined, 'destroy had answered');
    },
  },
  {
    name: 'crash: in the middle of creates and updates, each record is wholly old or wholly new',
    invariant: 'C1',
    needs: ['crash'],
    async check(trial) {
      const before = Array.from({ length: 20 }, (_, n) => trial.record({ id: `id${n}`, body: `old ${n}` }));
      for (const record of before) await trial.store.create(record);
      const after = before.map((record, n) => ({
        ...record,
        version: 2,
        subject: 'ann',
        body: `new ${n} `.repeat(100),
      }));
      const created = after.map((record, n) => ({ ...record, id: `created${n}` }));
      const updates = after.map((record) => outcomeOf(trial.store.update(record, 1).then((answer) => answer?.outcome)));
      const creates = created.map((record) => outcomeOf(trial.store.create(record)));
      await trial.crashAndRestart();
      for (const [n, outcome] of (await Promise.all(updates)).entries()) {
        const possible = outcome === 'updated' ? [after[n]] : [before[n], after[n]];
        await trial.seesOneOf(trial.store.read(`id${n}`), possible, `its update had ended in '${outcome}'`);
      }
      for (const [n, outcome] of (await Promise.all(creates)).entries()) {
        const possible = outcome === 'created' ? [created[n]] : [undefined, created[n]];
        await trial.seesOneOf(trial.store.read(`created${n}`), possible, `its create had ended in '${outcome}'`);
      }
    },
  },
  {
    name: 'crash: in the middle of creates and updates, a record is listed for the subject it has',
    invariant: 'D5',
    needs: ['crash', 'subjectIndex'],
    async check(trial) {
      const before = Array.from({ length: 20 }, (_, n) => trial.record({ id: `id${n}`, subject: 'ann' }));
      for (const record of before) await trial.store.create(record);
      const created = before.map((record) => ({ ...record, id: `created ${record.id}`, subject: 'bob' }));
      const settled = Promise.allSettled([
        ...before.map((record) => trial.store.update({ ...record, version: 2, subject: 'bob' }, 1)),
        ...created.map((record) => trial.store.create(record)),
      ]);
      await trial.crashAndRestart();
      await settled;
      // All concurrently, so that each connection of a client's pool finds out that it is stale.
      const found = await Promise.all([...before, ...created].map(({ id }) => readWhenBack(trial, id)));
      for (const subject of ['ann', 'bob']) {
        const records = found.filter((record) => record?.subject === subject) as SessionRecord[];
        await trial.lists(subject, records, 'these are the records that now have this subject');
      }
    },
  },
  {
    name: 'partition: no call answers while the store is cut off from its data',
    invariant: 'C2',
    needs: ['partition'],
    async check(trial) {
      const records = ['a', 'b', 'c', 'd'].map((id) => trial.record({ id, subject: 'ann' }));
      for (const record of records) await trial.store.create(record);
      await trial.partition();
      const calls = startEveryCall(trial);
      await Promise.race([Promise.all(calls.map(({ settled }) => settled)), wait(watchTime)]);
      const early = calls.filter((call) => call.answered);
      await trial.heal();
      trial.check(
        early.length === 0,
        'an error, or no answer yet: the store cannot know',
        `an answer to ${early.map((call) => call.name).join(', ')}`,
      );
    },
  },
  {
    name: 'partition: once it is over, the store goes on, and every late answer is true',
    invariant: 'C2',
    needs: ['partition'],
    async check(trial) {
      const [record, brief, doomed] = ['a', 'brief', 'doomed'].map((id) => trial.record({ id })) as Three;
      for (const each of [record, brief, doomed]) await trial.store.create(each);
      await trial.partition();
      const updated = trial.record({ version: 2, body: 'updated' });
      const touched = { ...brief, expiresAt: brief.expiresAt + hour };
      const created = trial.record({ id: 'created' });
      const late = Promise.all([
        outcomeOf(trial.store.update(updated, 1).then((answer) => answer?.outcome)),
        outcomeOf(trial.store.touch('brief', touched.expiresAt)),
        outcomeOf(trial.store.create(created)),
        outcomeOf(trial.store.destroy('doomed').then(() => 'destroyed')),
      ]);
      await Promise.race([late, wait(watchTime)]);
      await trial.heal();
      const [update, touch, create, destroy] = await late;
      await readWhenBack(trial, 'a');
      await seesAfter(trial, 'update', update, 'a', { updated: [updated], failed: [record, updated] });
      await seesAfter(trial, 'touch', touch, 'brief', { touched: [touched], failed: [brief, touched] });
      await seesAfter(trial, 'create', create, 'created', { created: [created], failed: [undefined, created] });
      await seesAfter(trial, 'destroy', destroy, 'doomed', { destroyed: [undefined], failed: [undefined, doomed] });
    },
  },
];

type Three = [SessionRecord, SessionRecord, SessionRecord];

/** Checks that what is read is possible after a late call that came to `outcome`. */
async function seesAfter(
  trial: Trial,
  call: string,
  outcome: string,
  id: string,
  possible: Readonly<Record<string, readonly (SessionRecord | undefined)[]>>,
): Promise<void> {
  await trial.seesOneOf(trial.store.read(id), possible[outcome] ?? [], `the late ${call} ended in '${outcome}'`);
}

interface WatchedCall {
  readonly name: string;
  readonly settled: Promise<void>;
  answered: boolean;
}

function startEveryCall(trial: Trial): WatchedCall[] {
  const { store } = trial;
  const later = trial.now() + 2 * hour;
  return [
    watch('create', store.create(trial.record({ id: 'e' }))),
    watch('read', store.read('a')),
    watch('update', store.update(trial.record({ id: 'b', version: 2 }), 1)),
    watch('touch', store.touch('c', later)),
    watch('destroy', store.destroy('d')),
    ...(trial.abilities.includes('subjectIndex') ? [watch('list', store.list('ann'))] : []),
    ...(trial.abilities.includes('sweep') ? [watch('sweep', store.sweep(10))] : []),
  ];
}

function watch(name: string, answer: Promise<unknown>): WatchedCall {
  const settled = answer.then(
    () => {
      call.answered = true;
    },
    () => {},
  );
  const call: WatchedCall = { name, settled, answered: false };
  return call;
}

/** What a call resolves to; `failed` if it rejects. */
function outcomeOf(call: Promise<string | undefined>): Promise<string> {
  return call.then(String, () => 'failed');
}

/** Reads until the store answers again; a client may need a moment to connect anew. */
async function readWhenBack(trial: Trial, id: string): Promise<SessionRecord | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await trial.store.read(id);
    } catch (error) {
      if (tries === 50) trial.fail('an answer within five seconds of the end of the outage', 'only errors', error);
      await wait(100);
    }
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
