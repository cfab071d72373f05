import type { SessionRecord } from '@sess/core';
import { broken, brokenClass, type Inhabitant, tick } from './inhabitant.js';
import { PlainStore } from './plain-store.js';

/** A plain store that lists what `listed` says, for defects of an index that has got out of step with the records. */
class IndexStore extends PlainStore {
  override list(subject: string): readonly SessionRecord[] {
    return this.all()
      .filter((record) => !this.isOver(record) && this.listed(record).includes(subject))
      .map((record) => this.copyOut(record));
  }

  /** The subjects that a record is listed for. */
  listed(record: SessionRecord): readonly (string | undefined)[] {
    return [record.subject];
  }
}

/** An index that remembers something about each id from the calls that made it. */
class RememberingStore<T> extends IndexStore {
  readonly memory = new Map<string, T>();

  override put(record: SessionRecord): void {
    this.remember(this.disk.records.get(record.id), record);
    super.put(record);
  }

  remember(_before: SessionRecord | undefined, _after: SessionRecord): void {}
}

/** Defects of the subject index. */
export const subjectIndexDefects: readonly Inhabitant[] = [
  brokenClass(
    'index-left-behind-on-destroy',
    'goes on listing a record that was destroyed',
    class extends PlainStore {
      readonly #ghosts: SessionRecord[] = [];
      override destroy(id: string) {
        const record = this.find(id);
        if (record !== undefined) this.#ghosts.push(this.copyOut(record));
        this.drop(id);
      }
      override list(subject: string) {
        const ghosts = this.#ghosts.filter((record) => record.subject === subject);
        return [...(super.list(subject) as SessionRecord[]), ...ghosts];
      }
    },
  ),
  brokenClass(
    'index-ignores-update',
    'lists a record only if it had a subject when it was created',
    class extends RememberingStore<boolean> {
      override remember(before: SessionRecord | undefined, after: SessionRecord) {
        if (before === undefined) this.memory.set(after.id, after.subject !== undefined);
      }
      override listed(record: SessionRecord) {
        return this.memory.get(record.id) === false ? [] : [record.subject];
      }
    },
  ),
  brokenClass(
    'index-not-moved-when-subject-changes',
    'goes on listing a record for the subject it had before',
    class extends RememberingStore<string> {
      override remember(before: SessionRecord | undefined, after: SessionRecord) {
        if (before?.version !== after.version && before?.subject !== undefined)
          this.memory.set(after.id, before.subject);
      }
      override listed(record: SessionRecord) {
        return record.subject === undefined ? [] : [this.memory.get(record.id), record.subject];
      }
    },
  ),
  brokenClass(
    'index-keeps-what-is-taken-away',
    'goes on listing a record for its subject after an update without one',
    class extends RememberingStore<string> {
      override remember(before: SessionRecord | undefined, after: SessionRecord) {
        if (before?.subject !== undefined && after.subject === undefined) this.memory.set(after.id, before.subject);
      }
      override listed(record: SessionRecord) {
        return [record.subject ?? this.memory.get(record.id)];
      }
    },
  ),
  brokenClass(
    'index-before-the-check',
    'lists a record for the subject of an update that ended in a conflict',
    class extends RememberingStore<string> {
      override update(record: SessionRecord, ifVersion: number) {
        const answer = super.update(record, ifVersion) as { outcome: string };
        if (answer.outcome === 'conflict' && record.subject !== undefined) this.memory.set(record.id, record.subject);
        return answer as ReturnType<PlainStore['update']>;
      }
      override listed(record: SessionRecord) {
        return [record.subject, this.memory.get(record.id)];
      }
    },
  ),
  brokenClass(
    'list-returns-expired',
    'lists what has expired until it is swept',
    class extends PlainStore {
      override list(subject: string) {
        return this.all()
          .filter((record) => record.subject === subject)
          .map((record) => this.copyOut(record));
      }
    },
  ),
  brokenClass(
    'index-left-behind-on-reuse',
    'lists a record for the subject of an expired one that had its id',
    class extends RememberingStore<string> {
      override remember(before: SessionRecord | undefined, after: SessionRecord) {
        if (before?.subject !== undefined && this.isOver(before)) this.memory.set(after.id, before.subject);
      }
      override listed(record: SessionRecord) {
        return [record.subject, this.memory.get(record.id)];
      }
    },
  ),
  brokenClass(
    'index-keeps-copies',
    'lists a record as it was when its subject was last changed',
    class extends RememberingStore<SessionRecord> {
      override remember(before: SessionRecord | undefined, after: SessionRecord) {
        if (before === undefined || before.subject !== after.subject) this.memory.set(after.id, after);
      }
      override list(subject: string) {
        return super.list(subject).map(({ expiresAt, ...record }) => ({
          ...this.memory.get(record.id),
          ...record,
          body: this.memory.get(record.id)?.body ?? record.body,
          expiresAt,
        }));
      }
    },
  ),
  brokenClass(
    'index-expires-by-first-expiry',
    'lists a record only until the expiry it had when it was created',
    class extends RememberingStore<SessionRecord> {
      override remember(before: SessionRecord | undefined, after: SessionRecord) {
        if (before === undefined || this.isOver(before)) this.memory.set(after.id, after);
      }
      override listed(record: SessionRecord) {
        const first = this.memory.get(record.id);
        return first !== undefined && this.isOver(first) ? [] : [record.subject];
      }
    },
  ),
  brokenClass(
    'index-expires-unless-touched',
    'lists a record only until the expiry that a create or a touch gave it',
    class extends RememberingStore<SessionRecord> {
      override remember(before: SessionRecord | undefined, after: SessionRecord) {
        if (before === undefined || this.isOver(before) || before.version === after.version)
          this.memory.set(after.id, after);
      }
      override listed(record: SessionRecord) {
        const known = this.memory.get(record.id);
        return known !== undefined && this.isOver(known) ? [] : [record.subject];
      }
    },
  ),
  brokenClass(
    'index-expires-with-the-latest',
    "gives a subject's whole list the time to live of the record that came last",
    class extends RememberingStore<number> {
      override remember(_before: SessionRecord | undefined, { subject, expiresAt }: SessionRecord) {
        if (subject !== undefined) this.memory.set(subject, expiresAt);
      }
      override list(subject: string) {
        const expiresAt = this.memory.get(subject) ?? Number.POSITIVE_INFINITY;
        return expiresAt <= this.clock.now() ? [] : super.list(subject);
      }
    },
  ),
  brokenClass(
    'list-with-repetitions',
    'lists a record once for each time it was written',
    class extends RememberingStore<number> {
      override remember(_before: SessionRecord | undefined, { id }: SessionRecord) {
        this.memory.set(id, (this.memory.get(id) ?? 0) + 1);
      }
      override list(subject: string) {
        return super.list(subject).flatMap((record) => Array(this.memory.get(record.id) ?? 1).fill(record));
      }
    },
  ),
  broken('list-cut-at-a-megabyte', 'lists the first page only, of as many records as fill a megabyte', (plain) => ({
    list(subject) {
      let length = 0;
      return (plain.list(subject) as SessionRecord[]).filter((record) => {
        length += record.body.length;
        return length < 1_048_576;
      });
    },
  })),
  broken('list-cut-at-100', 'lists the first hundred records only', (plain) => ({
    list: (subject) => (plain.list(subject) as SessionRecord[]).slice(0, 100),
  })),
  brokenClass(
    'update-takes-plain-subjects',
    'lists a record for the subject that an update gave it only if that needs no escape',
    class extends RememberingStore<boolean> {
      override remember(before: SessionRecord | undefined, { id, subject = '' }: SessionRecord) {
        this.memory.set(id, before === undefined || encodeURIComponent(subject) === subject);
      }
      override listed(record: SessionRecord) {
        return this.memory.get(record.id) === false ? [] : [record.subject];
      }
    },
  ),
  brokenClass(
    'subjects-among-ids',
    "keeps a subject's list where a record with that id would be",
    class extends PlainStore {
      override put(record: SessionRecord) {
        super.put(record);
        if (record.subject !== undefined) this.drop(record.subject);
      }
    },
  ),
  broken('list-splits-ids', "keeps the ids of a subject's records in one text, with commas between", (plain) => ({
    list(subject) {
      const ids = (plain.list(subject) as SessionRecord[]).map(({ id }) => id).join(',');
      const records = ids.split(',').map((id) => plain.find(id));
      return records.filter((record) => record !== undefined).map((record) => plain.copyOut(record));
    },
  })),
  broken('list-in-two-steps', "looks up a subject's ids, and then the records one by one", (plain) => ({
    async list(subject) {
      const ids = (plain.list(subject) as SessionRecord[]).map(({ id }) => id);
      const records: SessionRecord[] = [];
      for (const id of ids) {
        await tick();
        const record = plain.find(id);
        if (record?.subject === subject) records.push(plain.copyOut(record));
      }
      return records;
    },
  })),
  broken('case-folded-subjects', 'lists records of subjects that differ in case only', (plain) => ({
    list: (subject) =>
      plain
        .all()
        .filter((record) => !plain.isOver(record) && record.subject?.toLowerCase() === subject.toLowerCase())
        .map((record) => plain.copyOut(record)),
  })),
  broken('throws-on-unknown-subject', 'takes a subject that was never seen for an error', (plain) => ({
    list(subject) {
      if (
        plain.all().length > 0 &&
        plain.all().every((record) => record.version === 1 && record.subject === undefined)
      ) {
        throw new Error(`no such subject: ${subject}`);
      }
      return plain.list(subject);
    },
  })),
  broken('shared-list', 'hands out its own objects in a list', (plain) => ({
    list: (subject) => plain.all().filter((record) => record.subject === subject && !plain.isOver(record)),
  })),
];
