import type { UpdateResult } from '@sess/core';
import type { CaseDefinition } from '../store-case.js';
import { hour } from '../time.js';
import type { Trial } from '../trial.js';

export const updateCases: readonly CaseDefinition[] = [
  {
    name: 'update: at the right version, everything is stored as given',
    invariant: 'L1',
    why: 'It comes first and says plainly what else would fail in a dozen less plain cases.',
    async check(trial) {
      await trial.store.create(trial.record({ version: 4, body: 'old' }));
      const changed = trial.record({ version: 5, subject: 'ann', body: 'new' });
      await trial.sees(trial.store.update(changed, 4), { outcome: 'updated' }, 'the record is at version 4');
      await trial.sees(trial.store.read('a'), changed, 'the record is now the one given');
    },
  },
  {
    name: 'update: a subject that is missing from the new record is removed',
    invariant: 'contract',
    why: 'Without a subject index no other case would show it.',
    async check(trial) {
      await trial.store.create(trial.record({ subject: 'ann' }));
      const anonymous = trial.record({ version: 2 });
      await trial.store.update(anonymous, 1);
      await trial.sees(trial.store.read('a'), anonymous, 'everything is stored as given, a missing subject included');
    },
  },
  {
    name: 'update: versions are the caller’s, whatever their distance',
    invariant: 'L1',
    async check(trial) {
      await trial.store.create(trial.record({ version: 3 }));
      await trial.sees(
        trial.store.update(trial.record({ version: 40 }), 3),
        { outcome: 'updated' },
        'it is at version 3',
      );
      const last = trial.record({ version: 41 });
      await trial.sees(trial.store.update(last, 40), { outcome: 'updated' }, 'it is at version 40, as it was given');
      await trial.sees(trial.store.read('a'), last, 'the store compares and keeps versions, it does not count');
    },
  },
  {
    name: 'update: a version older than the record’s is a conflict, and changes nothing',
    invariant: 'L1',
    why: 'It shows with one call what the races show with a hundred.',
    async check(trial) {
      const current = trial.record({ version: 5 });
      await trial.store.create(current);
      const answer = await trial.store.update(trial.record({ version: 5, body: 'stale' }), 4);
      refused(trial, answer);
      await trial.sees(trial.store.read('a'), current, 'nothing is written on a conflict');
    },
  },
  {
    name: 'update: a version newer than the record’s is a conflict, and changes nothing',
    invariant: 'L1',
    async check(trial) {
      const current = trial.record({ version: 5 });
      await trial.store.create(current);
      const answer = await trial.store.update(trial.record({ version: 7, body: 'foreign' }), 6);
      refused(trial, answer);
      await trial.sees(trial.store.read('a'), current, 'nothing is written on a conflict');
    },
  },
  {
    name: 'update: a conflict shows the record as it is',
    invariant: 'L1',
    async check(trial) {
      const current = trial.record({ version: 5, subject: 'ann', body: 'current' });
      await trial.store.create(current);
      const stale = trial.record({ version: 5, body: 'stale', life: 2 * hour });
      await trial.sees(trial.store.update(stale, 4), { outcome: 'conflict', current }, 'the caller merges with it');
    },
  },
  {
    name: 'update: a longer life is kept',
    invariant: 'E2',
    async check(trial) {
      const record = trial.record({ life: trial.shortLife });
      await trial.store.create(record);
      await trial.pass(trial.shortLife / 2);
      const longer = trial.record({ version: 2, life: hour });
      await trial.store.update(longer, 1);
      await trial.passUntilExpired(record);
      await trial.sees(trial.store.read('a'), longer, 'the update extended its life');
    },
  },
  {
    name: 'update: a shorter life is not taken over, so that a slow writer undoes no touch',
    invariant: 'E2',
    why: 'It shows with one call what the races show with many.',
    async check(trial) {
      const slow = trial.record({ version: 2, life: trial.shortLife });
      await trial.store.create(trial.record({ life: trial.shortLife }));
      const touched = trial.now() + hour;
      await trial.store.touch('a', touched);
      await trial.store.update(slow, 1);
      await trial.passUntilExpired(slow);
      await trial.sees(
        trial.store.read('a'),
        { ...slow, expiresAt: touched },
        'the later of the two expiry times holds',
      );
    },
  },
  {
    name: 'update: a time that is past already ends nothing',
    invariant: 'E2',
    async check(trial) {
      const { expiresAt } = trial.record();
      await trial.store.create(trial.record({ expiresAt }));
      const slow = trial.record({ version: 2, life: -hour, body: 'slow' });
      await trial.sees(trial.store.update(slow, 1), { outcome: 'updated' }, 'the record is alive');
      await trial.sees(trial.store.read('a'), { ...slow, expiresAt }, 'the later of the two expiry times holds');
    },
  },
  {
    name: 'update: an id that nobody has is gone, and stays so',
    invariant: 'D2',
    async check(trial) {
      await trial.sees(trial.store.update(trial.record(), 1), { outcome: 'gone' }, 'there is no such record');
      await trial.sees(trial.store.read('a'), undefined, 'an update never creates');
    },
  },
  {
    name: 'update: a destroyed record is gone, and stays so',
    invariant: 'D2',
    async check(trial) {
      await trial.store.create(trial.record());
      await trial.store.destroy('a');
      const late = trial.record({ version: 2 });
      await trial.sees(trial.store.update(late, 1), { outcome: 'gone' }, 'it was destroyed');
      await trial.sees(trial.store.read('a'), undefined, 'a late update brings nothing back');
    },
  },
  {
    name: 'update: an expired record is gone, and stays so',
    invariant: 'E4',
    why: "On a server's clock, where nothing happens at an exact instant, no other case would show it.",
    async check(trial) {
      const record = trial.record({ life: trial.shortLife });
      await trial.store.create(record);
      await trial.passUntilExpired(record);
      const late = trial.record({ version: 2 });
      await trial.sees(trial.store.update(late, 1), { outcome: 'gone' }, 'it has expired');
      await trial.sees(trial.store.read('a'), undefined, 'a late update brings nothing back');
    },
  },
];

function refused(trial: Trial, answer: UpdateResult): void {
  trial.check(answer?.outcome === 'conflict', "the outcome 'conflict': the record is at version 5", trial.show(answer));
}
