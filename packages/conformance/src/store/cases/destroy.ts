import type { CaseDefinition } from '../store-case.js';

export const destroyCases: readonly CaseDefinition[] = [
  {
    name: 'destroy: the record is gone at once',
    invariant: 'D1',
    why: 'It comes first and says plainly what else would fail in a dozen less plain cases.',
    async check(trial) {
      await trial.store.create(trial.record({ subject: 'ann' }));
      await trial.succeeds(trial.store.destroy('a'), 'the record is there');
      await trial.sees(trial.store.read('a'), undefined, 'it was destroyed');
    },
  },
  {
    name: 'destroy: an id that nobody has is no error',
    invariant: 'D3',
    async check(trial) {
      await trial.succeeds(trial.store.destroy('a'), 'destroy is idempotent');
    },
  },
  {
    name: 'destroy: a second time is no error',
    invariant: 'D3',
    async check(trial) {
      await trial.store.create(trial.record());
      await trial.store.destroy('a');
      await trial.succeeds(trial.store.destroy('a'), 'destroy is idempotent');
      await trial.sees(trial.store.read('a'), undefined, 'it was destroyed');
    },
  },
  {
    name: 'destroy: an expired record is no error',
    invariant: 'D3',
    async check(trial) {
      const record = trial.record({ life: trial.shortLife });
      await trial.store.create(record);
      await trial.passUntilExpired(record);
      await trial.succeeds(trial.store.destroy('a'), 'it works on an expired record');
      await trial.sees(trial.store.read('a'), undefined, 'it has expired and was destroyed');
    },
  },
  {
    name: 'destroy: whatever the id looks like, other records stay',
    invariant: 'E2',
    async check(trial) {
      const others = ['aa', 'a:1', 'a/b', 'abc', 'b'].map((id) => trial.record({ id }));
      for (const record of [trial.record(), ...others]) await trial.store.create(record);
      for (const id of ['a', 'a*', 'a%', 'a_', '*', '%', '.', '..', '[a-z]', 'a|b', '^a']) {
        await trial.succeeds(trial.store.destroy(id), 'destroy takes any string for an id');
      }
      for (const record of others) await trial.sees(trial.store.read(record.id), record, 'an id is no pattern');
    },
  },
];
