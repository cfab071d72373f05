import type { CaseDefinition } from '../store-case.js';
import { hour } from '../time.js';

export const lifetimeCases: readonly CaseDefinition[] = [
  {
    name: 'expiry: a record is there one millisecond before its time',
    invariant: 'E2',
    needs: ['manualClock'],
    async check(trial) {
      const record = trial.record({ life: 1_500 });
      await trial.store.create(record);
      await trial.pass(1_499);
      await trial.sees(trial.store.read('a'), record, 'it expires in one millisecond');
    },
  },
  {
    name: 'expiry: a record can be written one millisecond before its time',
    invariant: 'E2',
    needs: ['manualClock'],
    async check(trial) {
      const [touched, updated] = [trial.record({ id: 't', life: 1_500 }), trial.record({ id: 'u', life: 1_500 })];
      for (const record of [touched, updated]) await trial.store.create(record);
      await trial.pass(1_499);
      await trial.sees(trial.store.touch('t', trial.now() + hour), 'touched', 'it expires in one millisecond');
      const late = trial.record({ id: 'u', version: 2 });
      await trial.sees(trial.store.update(late, 1), { outcome: 'updated' }, 'it expires in one millisecond');
    },
  },
  {
    name: 'expiry: a record is gone at the very millisecond of its time',
    invariant: 'E1',
    needs: ['manualClock'],
    async check(trial) {
      await trial.store.create(trial.record({ life: 1_500 }));
      await trial.pass(1_500);
      await trial.sees(trial.store.read('a'), undefined, 'equal means expired');
    },
  },
  {
    name: 'expiry: nothing writes to a record at the very millisecond of its time',
    invariant: 'E4',
    needs: ['manualClock'],
    async check(trial) {
      for (const id of ['t', 'u']) await trial.store.create(trial.record({ id, life: 1_500 }));
      await trial.pass(1_500);
      await trial.sees(trial.store.touch('t', trial.now() + hour), 'gone', 'equal means expired');
      const late = trial.record({ id: 'u', version: 2 });
      await trial.sees(trial.store.update(late, 1), { outcome: 'gone' }, 'equal means expired');
    },
  },
  {
    name: 'expiry: the id of a record is free at the very millisecond of its time',
    invariant: 'contract',
    needs: ['manualClock'],
    async check(trial) {
      await trial.store.create(trial.record({ life: 1_500 }));
      await trial.pass(1_499);
      await trial.sees(trial.store.create(trial.record()), 'exists', 'it expires in one millisecond');
      await trial.pass(1);
      await trial.sees(trial.store.create(trial.record()), 'created', 'equal means expired');
    },
  },
  {
    name: 'expiry: a life that was extended ends at the new time',
    invariant: 'E1',
    async check(trial) {
      await trial.store.create(trial.record({ life: trial.shortLife / 2 }));
      const extended = trial.record({ life: trial.shortLife });
      await trial.store.touch('a', extended.expiresAt);
      await trial.passUntilExpired(extended);
      await trial.sees(trial.store.read('a'), undefined, 'the touched record has expired');
    },
  },
  {
    name: 'expiry: a life of years, beyond what 32 bits hold, lasts',
    invariant: 'E2',
    async check(trial) {
      const record = trial.record({ expiresAt: Date.UTC(9999, 11, 31), version: Number.MAX_SAFE_INTEGER - 2 });
      await trial.store.create(record);
      // A timer for more than 24.8 days goes off immediately.
      await new Promise((resolve) => setTimeout(resolve, 10));
      await trial.sees(trial.store.read('a'), record, 'times and versions are integers of up to 53 bits');
      const updated = { ...record, expiresAt: record.expiresAt + 1, version: Number.MAX_SAFE_INTEGER - 1 };
      await trial.store.update(updated, record.version);
      await trial.sees(trial.store.read('a'), updated, 'an update keeps every digit as well');
      const expiresAt = updated.expiresAt + 1;
      await trial.store.touch('a', expiresAt);
      await trial.sees(trial.store.read('a'), { ...updated, expiresAt }, 'a touch keeps every digit as well');
      const last = { ...updated, expiresAt, version: Number.MAX_SAFE_INTEGER };
      await trial.sees(trial.store.update(last, updated.version), { outcome: 'updated' }, 'it is at this version');
    },
  },
  {
    name: 'expiry: no live record is ever dropped, however many there are',
    invariant: 'E2',
    async check(trial) {
      const count = trial.settings.profile === 'full' ? 1_100 : 300;
      const records = Array.from({ length: count }, (_, n) => trial.record({ id: `id${n}`, body: `body ${n}` }));
      for (const record of records) await trial.store.create(record);
      for (const record of records) await trial.sees(trial.store.read(record.id), record, 'it is alive');
    },
  },
];
