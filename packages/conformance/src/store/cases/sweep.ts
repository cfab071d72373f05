import type { SessionRecord } from '@sess/core';
import type { CaseDefinition } from '../store-case.js';
import { hour } from '../time.js';
import type { Trial } from '../trial.js';

/*
 * The counts are exact although a store may drop expired records whenever it likes: between the moment the records
 * expire and the sweep no call is made, and a store that removes them without any call needs no sweep and does not declare it.
 */
export const sweepCases: readonly CaseDefinition[] = [
  {
    name: 'sweep: answers how many it removed, at most the limit, until nothing is left',
    invariant: 'contract',
    needs: ['sweep'],
    async check(trial) {
      await createExpired(trial, 5);
      await trial.sees(trial.store.sweep(2), 2, 'five have expired, the limit is two');
      await trial.sees(trial.store.sweep(2), 2, 'three were left, the limit is two');
      await trial.sees(trial.store.sweep(2), 1, 'one was left');
      await trial.sees(trial.store.sweep(2), 0, 'nothing was left');
    },
  },
  {
    name: 'sweep: hundreds are removed at once if the limit allows it',
    invariant: 'contract',
    needs: ['sweep'],
    async check(trial) {
      await createExpired(trial, 250);
      await trial.sees(trial.store.sweep(1_000), 250, 'less than the limit means that nothing is left for now');
    },
  },
  {
    name: 'sweep: nothing is removed and nothing counted while everything is alive',
    invariant: 'E2',
    needs: ['sweep'],
    async check(trial) {
      const records = ['a', 'b', 'c'].map((id) => trial.record({ id }));
      for (const record of records) await trial.store.create(record);
      await trial.sees(trial.store.sweep(10), 0, 'nothing has expired');
      for (const record of records) await trial.sees(trial.store.read(record.id), record, 'it is alive');
    },
  },
  {
    name: 'sweep: the living stay, among the expired',
    invariant: 'E2',
    needs: ['sweep'],
    async check(trial) {
      const living = ['before', 'after'].map((id) => trial.record({ id }));
      await trial.store.create(living[0] as SessionRecord);
      await createExpired(trial, 3, living[1]);
      await trial.sees(trial.store.sweep(10), 3, 'three have expired');
      for (const record of living) await trial.sees(trial.store.read(record.id), record, 'it is alive');
    },
  },
  {
    name: 'sweep: a record that a touch or an update has extended stays',
    invariant: 'E2',
    needs: ['sweep'],
    async check(trial) {
      const touched = trial.record({ life: trial.shortLife });
      await trial.store.create(touched);
      const expiresAt = trial.now() + hour;
      await trial.store.touch('a', expiresAt);
      await trial.passUntilExpired(touched);
      await trial.sees(trial.store.sweep(10), 0, 'nothing has expired');
      await trial.sees(trial.store.read('a'), { ...touched, expiresAt }, 'the touch extended its life');
      await trial.store.destroy('a');

      const brief = trial.record({ id: 'b', life: trial.shortLife });
      await trial.store.create(brief);
      const updated = { ...brief, version: 2, expiresAt };
      await trial.store.update(updated, 1);
      await trial.passUntilExpired(brief);
      await trial.sees(trial.store.sweep(10), 0, 'nothing has expired');
      await trial.sees(trial.store.read('b'), updated, 'the update extended its life');
    },
  },
  {
    name: 'sweep: an id that is taken again while a sweep is under way stays',
    invariant: 'E2',
    needs: ['sweep'],
    async check(trial) {
      const ids = Array.from({ length: rounds }, (_, n) => `id${n}`);
      const expired = ids.map((id) => trial.record({ id, life: trial.shortLife }));
      for (const record of expired) await trial.store.create(record);
      await trial.passUntilExpired(expired.at(-1) as SessionRecord);
      for (const [n, id] of ids.entries()) {
        const fresh = trial.record({ id, body: 'fresh' });
        const sweep = (): Promise<unknown> => trial.other.sweep(rounds);
        await trial.atOnce([sweep, () => trial.store.create(fresh)], n);
        await trial.sees(trial.store.read(id), fresh, 'the expired record may be swept, not the one in its place');
      }
    },
  },
  {
    name: 'sweep: a record is left one millisecond before its time and taken at it',
    invariant: 'E2',
    needs: ['sweep', 'manualClock'],
    async check(trial) {
      await trial.store.create(trial.record({ life: 1_500 }));
      await trial.pass(1_499);
      await trial.sees(trial.store.sweep(10), 0, 'it expires in one millisecond');
      await trial.pass(1);
      await trial.sees(trial.store.sweep(10), 1, 'equal means expired');
    },
  },
];

/** How many ids are taken again while a sweep is under way, each time at another moment. */
const rounds = 8;

/** Creates `count` records that have expired when this resolves; `last` is created after them, before they expire. */
async function createExpired(trial: Trial, count: number, last?: SessionRecord): Promise<void> {
  const life = await trial.lifeThatOutlasts(count);
  const records = Array.from({ length: count }, (_, n) => trial.record({ id: `expired${n}`, life }));
  for (const record of records) await trial.store.create(record);
  if (last !== undefined) await trial.store.create(last);
  await trial.passUntilExpired(records.at(-1) as SessionRecord);
}
