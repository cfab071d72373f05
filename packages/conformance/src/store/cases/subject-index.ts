import type { SessionRecord } from '@sess/core';
import { long, lookalikes, objectWords, syntax } from '../hostile.js';
import type { CaseDefinition } from '../store-case.js';
import { hour } from '../time.js';
import type { Trial } from '../trial.js';

export const subjectIndexCases: readonly CaseDefinition[] = [
  {
    name: 'list: the whole records of the subject, and no others',
    invariant: 'D5',
    why: 'It comes first and says plainly what else would fail in a dozen less plain cases.',
    needs: ['subjectIndex'],
    async check(trial) {
      const ofAnn = ['a', 'b'].map((id) => trial.record({ id, subject: 'ann', version: 3, body: `of ${id}` }));
      const rest = [trial.record({ id: 'c', subject: 'bob' }), trial.record({ id: 'd' })];
      for (const record of [...ofAnn, ...rest]) await trial.store.create(record);
      await trial.lists('ann', ofAnn, 'these are the records of ann');
    },
  },
  {
    name: 'list: empty for a subject that has none',
    invariant: 'contract',
    needs: ['subjectIndex'],
    async check(trial) {
      await trial.store.create(trial.record());
      await trial.lists('ann', [], 'nobody has this subject');
    },
  },
  {
    name: 'list: a record is listed from the update on that gives it its subject',
    invariant: 'D5',
    why: 'It says plainly what the many subjects below would only trip over.',
    needs: ['subjectIndex'],
    async check(trial) {
      await trial.store.create(trial.record());
      const owned = trial.record({ version: 2, subject: 'ann' });
      await trial.store.update(owned, 1);
      await trial.lists('ann', [owned], 'the update gave it this subject');
    },
  },
  {
    name: 'list: a record moves when its subject changes',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      await trial.store.create(trial.record({ subject: 'ann' }));
      const moved = trial.record({ version: 2, subject: 'bob' });
      await trial.store.update(moved, 1);
      await trial.lists('bob', [moved], 'it is his now');
      await trial.lists('ann', [], 'it is hers no more');
    },
  },
  {
    name: 'list: a record is listed no more when its subject is taken away',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      await trial.store.create(trial.record({ subject: 'ann' }));
      await trial.store.update(trial.record({ version: 2 }), 1);
      await trial.lists('ann', [], 'it belongs to nobody now');
    },
  },
  {
    name: 'list: an update that does not happen changes no list',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      const record = trial.record({ version: 2, subject: 'ann' });
      await trial.store.create(record);
      await trial.store.update(trial.record({ version: 2, subject: 'bob' }), 1);
      await trial.store.update(trial.record({ id: 'none', version: 2, subject: 'bob' }), 1);
      await trial.store.create(trial.record({ subject: 'bob' }));
      await trial.lists('ann', [record], 'the conflict changed nothing');
      await trial.lists('bob', [], 'nothing was written for this subject');
    },
  },
  {
    name: 'list: a destroyed record is not listed',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      const left = trial.record({ id: 'b', subject: 'ann' });
      for (const record of [trial.record({ subject: 'ann' }), left]) await trial.store.create(record);
      await trial.store.destroy('a');
      await trial.lists('ann', [left], 'the other one was destroyed');
    },
  },
  {
    name: 'list: an expired record is not listed',
    invariant: 'E1',
    why: "On a server's clock, where nothing happens at an exact instant, no other case would show it.",
    needs: ['subjectIndex'],
    async check(trial) {
      const left = trial.record({ id: 'b', subject: 'ann' });
      const expired = trial.record({ subject: 'ann', life: trial.shortLife });
      for (const record of [expired, left]) await trial.store.create(record);
      await trial.passUntilExpired(expired);
      await trial.lists('ann', [left], 'the other one has expired');
    },
  },
  {
    name: 'list: a record is listed one millisecond before its time and not at it',
    invariant: 'E1',
    needs: ['subjectIndex', 'manualClock'],
    async check(trial) {
      const record = trial.record({ subject: 'ann', life: 1_500 });
      await trial.store.create(record);
      await trial.pass(1_499);
      await trial.lists('ann', [record], 'it expires in one millisecond');
      await trial.pass(1);
      await trial.lists('ann', [], 'equal means expired');
    },
  },
  {
    name: 'list: an id used again is listed for its new subject only',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      const expired = trial.record({ subject: 'ann', life: trial.shortLife });
      await trial.store.create(expired);
      await trial.passUntilExpired(expired);
      const fresh = trial.record({ subject: 'bob' });
      await trial.store.create(fresh);
      await trial.lists('ann', [], 'her record has expired; the id belongs to another now');
      await trial.lists('bob', [fresh], 'the id belongs to him');
    },
  },
  {
    name: 'list: what is listed is as new as what is read',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      await trial.store.create(trial.record({ subject: 'ann' }));
      const updated = trial.record({ version: 2, subject: 'ann', body: 'updated' });
      await trial.store.update(updated, 1);
      await trial.lists('ann', [updated], 'the update came before');
    },
  },
  {
    name: 'list: a record stays listed for as long as touches and updates keep it alive',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      const record = trial.record({ subject: 'ann', life: trial.shortLife });
      const other = trial.record({ id: 'b', subject: 'bob', life: trial.shortLife });
      for (const each of [record, other]) await trial.store.create(each);
      const expiresAt = trial.now() + hour;
      await trial.store.touch('a', expiresAt);
      await trial.store.update({ ...other, version: 2, expiresAt }, 1);
      await trial.passUntilExpired(other);
      await trial.lists('ann', [{ ...record, expiresAt }], 'the touch extended its life');
      await trial.lists('bob', [{ ...other, version: 2, expiresAt }], 'the update extended its life');
    },
  },
  {
    name: 'list: a record stays listed when another of its subject expires sooner',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      const lasting = trial.record({ subject: 'ann' });
      const brief = trial.record({ id: 'b', subject: 'ann', life: trial.shortLife });
      for (const record of [lasting, brief]) await trial.store.create(record);
      await trial.passUntilExpired(brief);
      await trial.lists('ann', [lasting], 'it is alive, whatever has become of the other');
    },
  },
  {
    name: 'list: hundreds of records of one subject are all listed, created at once or not',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      const count = trial.settings.profile === 'full' ? 1_100 : 200;
      const records = Array.from({ length: count }, (_, n) => trial.record({ id: `id${n}`, subject: 'ann' }));
      const creates = records.map((record, n) => () => (n % 2 === 0 ? trial.store : trial.other).create(record));
      for (let n = 0; n < count; n += 100) await trial.atOnce(creates.slice(n, n + 100));
      await trial.lists('ann', records, 'all of them are hers');
    },
  },
  {
    name: 'list: more than a megabyte of one subject is listed whole',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      const body = 'x'.repeat(60 * 1024);
      const records = Array.from({ length: 20 }, (_, n) => trial.record({ id: `id${n}`, subject: 'ann', body }));
      for (const record of records) await trial.store.create(record);
      await trial.lists('ann', records, 'all of them are hers');
    },
  },
  {
    name: 'list: subjects are kept apart, whatever they look like',
    invariant: 'D5',
    needs: ['subjectIndex'],
    check: (trial) => keepsSubjectsApart(trial, [...lookalikes, ...objectWords, ...syntax, ...long]),
  },
  {
    name: 'list: a subject may be the id of a record, its own or another',
    invariant: 'E2',
    needs: ['subjectIndex'],
    async check(trial) {
      const [own, other] = [trial.record({ subject: 'a' }), trial.record({ id: 'b', subject: 'a' })];
      for (const record of [own, other]) await trial.store.create(record);
      await trial.lists('a', [own, other], 'both are of this subject');
      await trial.sees(trial.store.read('a'), own, 'it is a record beside its subject');
      await trial.lists('b', [], 'that is the id of a record, and nobody’s subject');
    },
  },
  {
    name: 'list: ids with separators in them are listed whole',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      const records = separators.map((separator) => trial.record({ id: `a${separator}b`, subject: 'ann' }));
      for (const record of records) await trial.store.create(record);
      await trial.lists('ann', records, 'all of them are hers');
    },
  },
  {
    name: 'list: one of two is always there, if the second was created before the first was destroyed',
    invariant: 'D5',
    needs: ['subjectIndex'],
    async check(trial) {
      // So that a list that goes through its records one by one takes a while to get to the first.
      const others = Array.from({ length: 10 }, (_, n) => trial.record({ id: `other${n}`, subject: 'ann' }));
      for (const record of others) await trial.store.create(record);
      for (let n = 0; n < rounds; n += 1) {
        const [first, second] = ['first', 'second'].map((name) => trial.record({ id: `${name}${n}`, subject: 'ann' }));
        await relieveWhileListing(trial, first as SessionRecord, second as SessionRecord, n);
      }
    },
  },
  {
    name: 'list: changing what it answered changes nothing in the store',
    invariant: 'contract',
    needs: ['subjectIndex'],
    async check(trial) {
      const record = trial.record({ subject: 'ann' });
      await trial.store.create(record);
      const listed: readonly SessionRecord[] | undefined = await trial.store.list('ann');
      if (listed?.[0] !== undefined && !Object.isFrozen(listed[0])) Object.assign(listed[0], { body: 'spoilt' });
      if (listed && !Object.isFrozen(listed)) (listed as unknown[]).length = 0;
      await trial.lists('ann', [record], 'the store hands out no object of its own');
    },
  },
];

/** What a list of ids kept in one text might be parted by. */
const separators: readonly string[] = [',', ':', ';', '|', '/', ' ', '\t', '\n', '\r\n', '\0', '","', '%2C'];

/** How often a record takes another's place while the subject is listed, each time at another moment. */
const rounds = 8;

/** Creates `second` and then destroys `first`, `turns` turns after a list has begun, which must show one of them at least. */
async function relieveWhileListing(
  trial: Trial,
  first: SessionRecord,
  second: SessionRecord,
  turns: number,
): Promise<void> {
  await trial.store.create(first);
  const relieve = async (): Promise<readonly SessionRecord[]> => {
    await trial.other.create(second);
    await trial.other.destroy(first.id);
    return [];
  };
  const [listed] = await trial.atOnce([() => trial.store.list('ann'), relieve], turns);
  const found = listed?.some(({ id }) => id === first.id || id === second.id);
  trial.check(found === true, `${first.id} or ${second.id}: there was no moment without`, trial.show(listed));
  await trial.store.destroy(second.id);
}

async function keepsSubjectsApart(trial: Trial, subjects: readonly string[]): Promise<void> {
  for (const subject of subjects) await trial.lists(subject, [], 'nothing was created yet');
  const created = subjects.map((subject, index) => trial.record({ id: `created${index}`, subject }));
  for (const record of created) await trial.store.create(record);
  const updated = subjects.map((subject, index) => trial.record({ id: `updated${index}`, version: 2, subject }));
  for (const { subject, ...record } of updated) await trial.store.create({ ...record, version: 1 });
  for (const record of updated) await trial.store.update(record, 1);
  for (const [index, subject] of subjects.entries()) {
    const own = [created, updated].flatMap((records) => records.slice(index, index + 1));
    await trial.lists(subject, own, 'each subject has its own two records');
  }
}
