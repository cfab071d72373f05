import type { CaseDefinition } from '../store-case.js';

export const closeCases: readonly CaseDefinition[] = [
  {
    name: 'close: a second time is no error',
    invariant: 'contract',
    needs: ['close'],
    async check(trial) {
      await trial.store.create(trial.record());
      await trial.succeeds(trial.store.close(), 'the store is open');
      await trial.succeeds(trial.store.close(), 'close is idempotent');
    },
  },
  {
    name: 'close: another store on the same data goes on',
    invariant: 'contract',
    needs: ['close', 'connect'],
    async check(trial) {
      const record = trial.record();
      await trial.store.create(record);
      await trial.store.close();
      await trial.sees(trial.other.read('a'), record, 'a store closes only what it opened itself');
    },
  },
];
