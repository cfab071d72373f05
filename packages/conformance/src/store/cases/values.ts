import type { SessionRecord } from '@sess/core';
import { isEqual } from '../../equal.js';
import type { CaseDefinition } from '../store-case.js';

type Mutable = { -readonly [Key in keyof SessionRecord]: SessionRecord[Key] };

export const valueCases: readonly CaseDefinition[] = [
  {
    name: 'values: changing a record after create changes nothing in the store',
    invariant: 'contract',
    async check(trial) {
      const given: Mutable = { ...trial.record() };
      const record = { ...given };
      await trial.store.create(given);
      spoil(given);
      await trial.sees(trial.store.read('a'), record, "the store keeps no reference to the caller's object");
    },
  },
  {
    name: 'values: changing a record after update changes nothing in the store',
    invariant: 'contract',
    async check(trial) {
      await trial.store.create(trial.record());
      const given: Mutable = { ...trial.record({ version: 2 }) };
      const record = { ...given };
      await trial.store.update(given, 1);
      spoil(given);
      await trial.sees(trial.store.read('a'), record, "the store keeps no reference to the caller's object");
    },
  },
  {
    name: 'values: what create and update are given stays as it was',
    invariant: 'contract',
    async check(trial) {
      const given = { ...trial.record({ life: 2 * 3_600_000 }) };
      const shorter = { ...trial.record({ version: 2 }) };
      // Now, since a record made later would expire later, where the time is that of the machine.
      const [givenBefore, shorterBefore] = [{ ...given }, { ...shorter }];
      await trial.store.create(given);
      await trial.store.update(shorter, 1);
      for (const [record, before] of [
        [given, givenBefore],
        [shorter, shorterBefore],
      ] as const) {
        trial.check(isEqual(record, before), `${trial.show(before)}, as it was given`, trial.show(record));
      }
    },
  },
  {
    name: 'values: changing what read answered changes nothing in the store',
    invariant: 'contract',
    async check(trial) {
      const record = trial.record();
      await trial.store.create(record);
      spoil((await trial.store.read('a')) as Mutable | undefined);
      await trial.sees(trial.store.read('a'), record, 'the store hands out no object of its own');
    },
  },
  {
    name: 'values: changing what a conflict answered changes nothing in the store',
    invariant: 'contract',
    async check(trial) {
      const record = trial.record({ version: 2 });
      await trial.store.create(record);
      const answer = await trial.store.update(trial.record({ version: 2 }), 1);
      spoil(answer?.outcome === 'conflict' ? (answer.current as Mutable) : undefined);
      await trial.sees(trial.store.read('a'), record, 'the store hands out no object of its own');
    },
  },
  {
    name: 'values: what read answered stays as it was when the record changes',
    invariant: 'contract',
    async check(trial) {
      const record = trial.record();
      await trial.store.create(record);
      const answer = trial.store.read('a');
      await answer;
      await trial.store.update(trial.record({ version: 2, body: 'changed' }), 1);
      await trial.store.touch('a', record.expiresAt + 1000);
      await trial.store.destroy('a');
      await trial.sees(answer, record, 'an answer is a value, not a view');
    },
  },
];

/** Changes every field, as far as the object lets itself be changed. */
function spoil(record: Mutable | undefined): void {
  if (record === undefined || Object.isFrozen(record)) return;
  Object.assign(record, { version: 99, expiresAt: 0, subject: 'eve', body: 'spoilt' });
}
