import type { CaseDefinition } from '../store-case.js';
import { hour } from '../time.js';

export const touchCases: readonly CaseDefinition[] = [
  {
    name: "touch: a later time is answered 'touched', and the record lives until then",
    invariant: 'E2',
    async check(trial) {
      const record = trial.record({ life: trial.shortLife });
      await trial.store.create(record);
      await trial.pass(trial.shortLife / 2);
      const expiresAt = trial.now() + hour;
      await trial.sees(trial.store.touch('a', expiresAt), 'touched', 'the record is alive');
      await trial.passUntilExpired(record);
      await trial.sees(trial.store.read('a'), { ...record, expiresAt }, 'its life was extended');
    },
  },
  {
    name: 'touch: of several touches in a row, each counts',
    invariant: 'E2',
    async check(trial) {
      const record = trial.record({ life: trial.shortLife });
      await trial.store.create(record);
      for (const life of [2 * hour, 3 * hour]) {
        const expiresAt = trial.now() + life;
        await trial.sees(trial.store.touch('a', expiresAt), 'touched', 'the record is alive');
        await trial.sees(trial.store.read('a'), { ...record, expiresAt }, 'this touch extended its life');
      }
    },
  },
  {
    name: 'touch: an earlier time changes nothing',
    invariant: 'E2',
    async check(trial) {
      const record = trial.record();
      await trial.store.create(record);
      await trial.sees(trial.store.touch('a', record.expiresAt - 1), 'touched', 'the record is alive');
      await trial.sees(trial.store.read('a'), record, 'a touch only ever extends');
    },
  },
  {
    name: 'touch: a time that is past already changes nothing',
    invariant: 'E2',
    async check(trial) {
      const record = trial.record();
      await trial.store.create(record);
      await trial.sees(trial.store.touch('a', trial.now() - hour), 'touched', 'the record is alive');
      await trial.sees(trial.store.read('a'), record, 'a touch only ever extends');
    },
  },
  {
    name: "touch: the time it has already changes nothing, and is answered 'touched'",
    invariant: 'E2',
    async check(trial) {
      const record = trial.record();
      await trial.store.create(record);
      await trial.sees(trial.store.touch('a', record.expiresAt), 'touched', 'the record is alive');
      await trial.sees(trial.store.read('a'), record, 'there was nothing to change');
    },
  },
  {
    name: 'touch: version, body and subject stay as they are',
    invariant: 'L4',
    why: 'It shows with one call what the races show with many.',
    async check(trial) {
      const record = trial.record({ version: 5, subject: 'ann', body: 'body' });
      await trial.store.create(record);
      const expiresAt = record.expiresAt + hour;
      await trial.store.touch('a', expiresAt);
      await trial.sees(trial.store.read('a'), { ...record, expiresAt }, 'a touch moves the expiry and nothing else');
      const changed = trial.record({ version: 6, subject: 'ann', body: 'changed' });
      await trial.sees(trial.store.update(changed, 5), { outcome: 'updated' }, 'a touch is no new version');
    },
  },
  {
    name: 'touch: an id that nobody has is gone, and stays so',
    invariant: 'D2',
    async check(trial) {
      await trial.sees(trial.store.touch('a', trial.now() + hour), 'gone', 'there is no such record');
      await trial.sees(trial.store.read('a'), undefined, 'a touch never creates');
    },
  },
  {
    name: 'touch: a destroyed record is gone, and stays so',
    invariant: 'D2',
    async check(trial) {
      const record = trial.record();
      await trial.store.create(record);
      await trial.store.destroy('a');
      await trial.sees(trial.store.touch('a', record.expiresAt + hour), 'gone', 'it was destroyed');
      await trial.sees(trial.store.read('a'), undefined, 'a late touch brings nothing back');
    },
  },
  {
    name: 'touch: an expired record is gone, and stays so',
    invariant: 'E4',
    why: "On a server's clock, where nothing happens at an exact instant, no other case would show it.",
    async check(trial) {
      const record = trial.record({ life: trial.shortLife });
      await trial.store.create(record);
      await trial.passUntilExpired(record);
      await trial.sees(trial.store.touch('a', trial.now() + hour), 'gone', 'it has expired');
      await trial.sees(trial.store.read('a'), undefined, 'a late touch brings nothing back');
    },
  },
];
