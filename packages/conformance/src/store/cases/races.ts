import type { SessionRecord } from '@sess/core';
import type { CaseDefinition } from '../store-case.js';
import { hour } from '../time.js';
import type { Trial } from '../trial.js';

export const raceCases: readonly CaseDefinition[] = [
  {
    name: 'races: of a hundred updates at one version, exactly one wins',
    invariant: 'L1',
    async check(trial) {
      await trial.store.create(trial.record());
      for (let version = 1; version <= rounds(trial, 3); version += 1) await raceUpdates(trial, version);
    },
  },
  {
    name: 'races: of twenty creates of one id, exactly one wins, also where its record has just expired',
    invariant: 'contract',
    async check(trial) {
      await raceCreates(trial, 'new');
      const expired = trial.record({ id: 'used', life: trial.shortLife });
      await trial.store.create(expired);
      await trial.passUntilExpired(expired);
      await raceCreates(trial, 'used');
    },
  },
  {
    name: 'races: an id that is taken again stays, while others find its expired record',
    invariant: 'E2',
    async check(trial) {
      const ids = Array.from({ length: lookers.length * rounds(trial, 4) }, (_, n) => `id${n}`);
      const life = await trial.lifeThatOutlasts(ids.length);
      const expired = ids.map((id) => trial.record({ id, version: 3, subject: `of ${id}`, life }));
      for (const record of expired) await trial.store.create(record);
      await trial.passUntilExpired(expired.at(-1) as SessionRecord);
      for (const [n, record] of expired.entries()) {
        const fresh = trial.record({ id: record.id, subject: `of ${record.id}`, body: 'fresh' });
        const look = lookers[n % lookers.length] as Looker;
        await trial.atOnce(
          [() => look(trial, record), () => trial.store.create(fresh)],
          Math.floor(n / lookers.length),
        );
        await trial.sees(
          trial.store.read(record.id),
          fresh,
          'the expired record may be removed, not the one in its place',
        );
      }
    },
  },
  {
    name: 'races: a destroy holds against updates in flight',
    invariant: 'D2',
    async check(trial) {
      await raceDestroy(trial, (record, n) => either(trial, n + 1).update({ ...record, version: 2, body: 'late' }, 1));
    },
  },
  {
    name: 'races: a destroy holds against touches in flight',
    invariant: 'D2',
    async check(trial) {
      await raceDestroy(trial, (record, n) => either(trial, n + 1).touch(record.id, record.expiresAt + hour));
    },
  },
  {
    name: 'races: a touch and an update at once both count',
    invariant: 'L4',
    async check(trial) {
      for (let n = 0; n < rounds(trial, 8); n += 1) {
        const record = trial.record({ id: `id${n}` });
        await trial.store.create(record);
        const updated = { ...record, version: 2, body: 'updated' };
        const expiresAt = record.expiresAt + hour;
        const touch = (): Promise<unknown> => trial.store.touch(record.id, expiresAt);
        const update = (): Promise<unknown> => trial.other.update(updated, 1);
        await trial.atOnce(n % 2 === 0 ? [touch, update] : [update, touch], n >> 1);
        await trial.sees(trial.store.read(record.id), { ...updated, expiresAt }, 'neither may undo the other');
      }
    },
  },
  {
    name: 'races: what one store did, another sees at once',
    invariant: 'D1',
    needs: ['connect'],
    async check(trial) {
      const record = trial.record();
      const updated = trial.record({ version: 2, body: 'updated' });
      await trial.sees(trial.other.read('a'), undefined, 'nothing was created yet');
      await trial.store.create(record);
      await trial.sees(trial.other.read('a'), record, 'it was created through the first store');
      await trial.sees(trial.other.update(updated, 1), { outcome: 'updated' }, 'the record is shared');
      await trial.sees(trial.store.read('a'), updated, 'it was updated through the other store');
      await trial.other.destroy('a');
      await trial.sees(trial.store.read('a'), undefined, 'it was destroyed through the other store');
    },
  },
];

/** A call that finds an expired record, and may remove it. It changes nothing in one that has taken its id since. */
type Looker = (trial: Trial, expired: SessionRecord) => Promise<unknown>;

const lookers: readonly Looker[] = [
  ({ other }, { id }) => other.read(id),
  ({ other }, { id, expiresAt }) => other.touch(id, expiresAt + 1),
  ({ other }, { version, ...rest }) => other.update({ ...rest, version: version + 1 }, version),
  ({ other, abilities }, { subject = '' }) =>
    abilities.includes('subjectIndex') ? other.list(subject) : Promise.resolve(),
];

async function raceCreates(trial: Trial, id: string): Promise<void> {
  const records = Array.from({ length: 20 }, (_, n) => trial.record({ id, body: `creator ${n}` }));
  const answers = await trial.atOnce(records.map((record, n) => () => either(trial, n).create(record)));
  const winners = records.filter((_, n) => answers[n] === 'created');
  trial.check(winners.length === 1, "one 'created' and nineteen 'exists'", `${winners.length} 'created'`);
  await trial.sees(trial.store.read(id), winners[0], 'the record is the winner’s');
}

async function raceUpdates(trial: Trial, version: number): Promise<void> {
  const records = Array.from({ length: 100 }, (_, n) => trial.record({ version: version + 1, body: `writer ${n}` }));
  const answers = await trial.atOnce(records.map((record, n) => () => either(trial, n).update(record, version)));
  const winners = records.filter((_, n) => answers[n]?.outcome === 'updated');
  const conflicts = answers.filter((answer) => answer?.outcome === 'conflict');
  trial.check(
    winners.length === 1 && conflicts.length === 99,
    "one 'updated' and 99 'conflict'",
    `${winners.length} 'updated' and ${conflicts.length} 'conflict'`,
  );
  const winner = winners[0] as SessionRecord;
  await trial.sees(trial.store.read('a'), winner, 'the record is the winner’s');
  const strays = conflicts.filter(({ current }) => current?.body !== winner.body);
  trial.check(strays.length === 0, "the winner's record in every conflict", `another in ${strays.length} of them`);
}

/** Destroys records while `write` is in flight, each time at another moment, and checks that they stay destroyed. */
async function raceDestroy(trial: Trial, write: (record: SessionRecord, n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < rounds(trial, 8); n += 1) {
    const record = trial.record({ id: `id${n}` });
    await trial.store.create(record);
    await trial.atOnce([() => write(record, n), () => either(trial, n).destroy(record.id)], n);
    await trial.sees(trial.store.read(record.id), undefined, 'it was destroyed, whatever was in flight');
  }
}

/** One of the two stores, by turns. */
function either(trial: Trial, n: number): Trial['store'] {
  return n % 2 === 0 ? trial.store : trial.other;
}

function rounds(trial: Trial, normal: number): number {
  return trial.settings.profile === 'full' ? normal * 2 : normal;
}
