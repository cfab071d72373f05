import type { CaseDefinition } from '../store-case.js';

export const readCases: readonly CaseDefinition[] = [
  {
    name: 'read: an id that nobody has is undefined',
    invariant: 'contract',
    why: 'It comes first and says plainly what else would fail in a dozen less plain cases.',
    async check(trial) {
      await trial.store.create(trial.record({ id: 'b' }));
      await trial.sees(trial.store.read('a'), undefined, 'there is no such record');
    },
  },
  {
    name: 'read: a record without a subject has no subject at all',
    invariant: 'contract',
    why: 'It names the commonest mistake of a store over a database, which all other cases only trip over.',
    async check(trial) {
      const record = trial.record();
      await trial.store.create(record);
      await trial.sees(trial.store.read('a'), record, 'a missing subject is a missing key, not null and not undefined');
    },
  },
  {
    name: 'read: reading never extends a life',
    invariant: 'E4',
    async check(trial) {
      const record = trial.record({ life: trial.shortLife });
      await trial.store.create(record);
      await trial.pass(trial.shortLife / 2);
      await trial.sees(trial.store.read('a'), record, 'it is alive, and reading changes nothing');
      await trial.passUntilExpired(record);
      await trial.sees(trial.store.read('a'), undefined, 'it expires when it was to expire');
    },
  },
];
