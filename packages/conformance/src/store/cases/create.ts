import type { CaseDefinition } from '../store-case.js';

export const createCases: readonly CaseDefinition[] = [
  {
    name: "create: a new record is answered 'created' and reads back whole",
    invariant: 'contract',
    why: 'It comes first and says plainly what else would fail in a dozen less plain cases.',
    async check(trial) {
      const record = trial.record({ version: 7, subject: 'ann', body: '{"a":1}' });
      await trial.sees(trial.store.create(record), 'created', 'no record had this id');
      await trial.sees(trial.store.read('a'), record, 'every field is kept as it was given');
    },
  },
  {
    name: "create: an id that is taken is answered 'exists', and its record stays as it is",
    invariant: 'contract',
    async check(trial) {
      const first = trial.record({ subject: 'ann', body: 'first' });
      await trial.store.create(first);
      const second = trial.record({ life: 2 * 3_600_000, version: 9, body: 'second' });
      await trial.sees(trial.store.create(second), 'exists', 'a live record has this id');
      await trial.sees(trial.store.read('a'), first, 'create never replaces');
    },
  },
  {
    name: 'create: the id of an expired record is free again',
    invariant: 'contract',
    async check(trial) {
      const expired = trial.record({ life: trial.shortLife, version: 3, subject: 'ann', body: 'expired' });
      await trial.store.create(expired);
      await trial.passUntilExpired(expired);
      const fresh = trial.record({ body: 'fresh' });
      await trial.sees(trial.store.create(fresh), 'created', 'an expired record does not exist');
      await trial.sees(trial.store.read('a'), fresh, 'nothing of the expired record is left');
    },
  },
  {
    name: 'create: the id of a destroyed record is free again',
    invariant: 'contract',
    async check(trial) {
      await trial.store.create(trial.record({ version: 3, subject: 'ann', body: 'destroyed' }));
      await trial.store.destroy('a');
      const fresh = trial.record({ body: 'fresh' });
      await trial.sees(trial.store.create(fresh), 'created', 'a destroyed record does not exist');
      await trial.sees(trial.store.read('a'), fresh, 'nothing of the destroyed record is left');
    },
  },
  {
    name: 'create: a record that arrives expired counts as created, and is gone',
    invariant: 'E1',
    async check(trial) {
      const late = trial.record({ life: -1000 });
      await trial.sees(trial.store.create(late), 'created', 'no live record has this id');
      await trial.sees(trial.store.read('a'), undefined, 'it expired before it arrived');
    },
  },
  {
    name: 'create: a record that arrives expired leaves the live one with its id alone',
    invariant: 'E2',
    async check(trial) {
      const live = trial.record({ body: 'live' });
      await trial.store.create(live);
      await trial.sees(trial.store.create(trial.record({ life: -1000 })), 'exists', 'a live record has this id');
      await trial.sees(trial.store.read('a'), live, 'create never replaces');
    },
  },
];
