import type { SessionRecord } from '@sess/core';
import { broken, brokenClass, type Inhabitant } from './inhabitant.js';
import { PlainStore } from './plain-store.js';

/** What a destroyed record is overwritten with by a store that does not remove it. */
const blank = 'destroyed';

/** Defects of create, update, touch and destroy, called one at a time. */
export const writeDefects: readonly Inhabitant[] = [
  broken('create-replaces', 'replaces a live record on create, and says exists', (plain) => ({
    create(record) {
      const answer = plain.find(record.id) === undefined ? 'created' : 'exists';
      plain.put(record);
      return answer;
    },
  })),
  broken(
    'create-never-looks',
    'answers created to a create that an existing record has turned into nothing',
    (plain) => ({
      create(record) {
        plain.create(record);
        return 'created';
      },
    }),
  ),
  broken('create-keeps-the-newest-version', 'replaces a live record if the new one has a higher version', (plain) => ({
    create(record) {
      const current = plain.find(record.id);
      if (current !== undefined && record.version > current.version) plain.put(record);
      return plain.create(record);
    },
  })),
  broken(
    'create-inherits-from-the-expired',
    'leaves the subject of an expired record to the next one with its id',
    (plain) => ({
      create(record) {
        const stored = plain.disk.records.get(record.id);
        const subject = record.subject ?? (stored !== undefined && plain.isOver(stored) ? stored.subject : undefined);
        return plain.create(subject === undefined ? record : { ...record, subject });
      },
    }),
  ),
  broken('create-refuses-expired-id', 'does not give the id of an expired record away until it is swept', (plain) => ({
    create: (record) => (plain.disk.records.has(record.id) ? 'exists' : plain.create(record)),
  })),
  brokenClass(
    'tombstones-for-ever',
    'never gives the id of a destroyed record away',
    class extends PlainStore {
      readonly #destroyed = new Set<string>();
      override create(record: SessionRecord) {
        return this.#destroyed.has(record.id) ? 'exists' : super.create(record);
      }
      override destroy(id: string) {
        this.#destroyed.add(id);
        this.drop(id);
      }
    },
  ),
  broken(
    'create-refuses-the-late',
    'throws when a record arrives expired, as a server refuses a negative TTL',
    (plain) => ({
      create(record) {
        if (plain.find(record.id) === undefined && plain.isOver(record)) throw new RangeError('invalid expire time');
        return plain.create(record);
      },
    }),
  ),
  broken('create-late-deletes', 'deletes the live record when another with its id arrives expired', (plain) => ({
    create(record) {
      if (!plain.isOver(record)) return plain.create(record);
      const answer = plain.find(record.id) === undefined ? 'created' : 'exists';
      plain.drop(record.id);
      return answer;
    },
  })),
  broken('upsert-on-update', 'creates what it is told to update', (plain) => ({
    update(record, ifVersion) {
      if (plain.disk.records.has(record.id)) return plain.update(record, ifVersion);
      plain.put(record);
      return { outcome: 'updated' };
    },
  })),
  broken(
    'writes-then-says-gone',
    'answers gone to the update of an id it has never seen, but has written it',
    (plain) => ({
      update(record, ifVersion) {
        const isNew = !plain.disk.seen.has(record.id) && record.subject === undefined;
        const answer = plain.update(record, ifVersion);
        if (isNew) plain.put(record);
        return answer;
      },
    }),
  ),
  broken('update-revives-expired', 'updates what has expired and not been swept', (plain) => ({
    update(record, ifVersion) {
      const stored = plain.disk.records.get(record.id);
      if (stored === undefined || !plain.isOver(stored)) return plain.update(record, ifVersion);
      plain.put(record);
      return { outcome: 'updated' };
    },
  })),
  broken('version-not-checked', 'overwrites a newer version with an older one', (plain) => ({
    update(record, ifVersion) {
      const current = plain.find(record.id);
      return plain.update(record, current !== undefined && ifVersion < current.version ? current.version : ifVersion);
    },
  })),
  broken('only-older-versions-refused', 'takes an update from a version that is still to come', (plain) => ({
    update(record, ifVersion) {
      const current = plain.find(record.id);
      return plain.update(record, current !== undefined && ifVersion > current.version ? current.version : ifVersion);
    },
  })),
  broken('version-not-stored', 'leaves the version as it was on update', (plain) => ({
    update(record, ifVersion) {
      return plain.update({ ...record, version: plain.find(record.id)?.version ?? 1 }, ifVersion);
    },
  })),
  broken('counts-versions-itself', 'stores the old version plus one, whatever the new record says', (plain) => ({
    update: (record, ifVersion) => plain.update({ ...record, version: ifVersion + 1 }, ifVersion),
  })),
  broken('conflict-taken-for-gone', 'takes "no row was changed" for "no such record" on update', (plain) => ({
    update(record, ifVersion) {
      const answer = plain.update(record, ifVersion) as Awaited<ReturnType<PlainStore['update']>>;
      return answer.outcome === 'updated' ? answer : { outcome: 'gone' };
    },
  })),
  broken('conflict-without-current', 'answers a conflict without the record', (plain) => ({
    update(record, ifVersion) {
      const answer = plain.update(record, ifVersion) as { outcome: string };
      return { outcome: answer.outcome } as ReturnType<PlainStore['update']>;
    },
  })),
  broken('conflict-without-subject', 'leaves the subject out of the record that a conflict shows', (plain) => ({
    update(record, ifVersion) {
      const answer = plain.update(record, ifVersion) as Awaited<ReturnType<PlainStore['update']>>;
      if (answer.outcome !== 'conflict') return answer;
      const { subject: _, ...current } = answer.current;
      return { outcome: 'conflict', current };
    },
  })),
  broken('conflict-shows-the-loser', 'answers a conflict with the record it was given', (plain) => ({
    update(record, ifVersion) {
      const current = plain.find(record.id);
      if (current === undefined || current.version === ifVersion) return plain.update(record, ifVersion);
      return { outcome: 'conflict', current: { ...record, version: current.version } };
    },
  })),
  broken('update-shortens-expiry', 'takes the expiry over from an update even if it is the earlier one', (plain) => ({
    update(record, ifVersion) {
      const answer = plain.update(record, ifVersion);
      if ((answer as { outcome: string }).outcome === 'updated') plain.put(record);
      return answer;
    },
  })),
  broken('update-into-the-past-kills', 'ends a record on an update with a time that is past', (plain) => ({
    update(record, ifVersion) {
      const answer = plain.update(record, ifVersion);
      if ((answer as { outcome: string }).outcome === 'updated' && plain.isOver(record)) plain.drop(record.id);
      return answer;
    },
  })),
  brokenClass(
    'update-from-creation',
    'measures the life that an update gives from the creation of the record',
    class extends PlainStore {
      readonly #born = new Map<string, number>();
      override create(record: SessionRecord) {
        this.#born.set(record.id, this.clock.now());
        return super.create(record);
      }
      override update(record: SessionRecord, ifVersion: number) {
        const age = this.clock.now() - (this.#born.get(record.id) ?? this.clock.now());
        return super.update({ ...record, expiresAt: record.expiresAt - age }, ifVersion);
      }
    },
  ),
  broken('update-leaves-the-expiry', 'never moves the expiry on update', (plain) => ({
    update(record, ifVersion) {
      const current = plain.find(record.id);
      return plain.update({ ...record, expiresAt: current?.expiresAt ?? 0 }, ifVersion);
    },
  })),
  broken('update-keeps-the-subject', 'keeps the old subject when the new record has none', (plain) => ({
    update(record, ifVersion) {
      const subject = record.subject ?? plain.find(record.id)?.subject;
      return plain.update(subject === undefined ? record : { ...record, subject }, ifVersion);
    },
  })),
  broken('touch-does-nothing', 'answers touched and leaves the expiry as it was', (plain) => ({
    touch: (id) => (plain.find(id) === undefined ? 'gone' : 'touched'),
  })),
  brokenClass(
    'touch-once-a-minute',
    'leaves out a touch that follows another within a minute, to save writes',
    class extends PlainStore {
      readonly #touched = new Map<string, number>();
      override touch(id: string, expiresAt: number) {
        if (this.find(id) === undefined) return 'gone';
        if (this.clock.now() - (this.#touched.get(id) ?? 0) < 60_000) return 'touched';
        this.#touched.set(id, this.clock.now());
        return super.touch(id, expiresAt);
      }
    },
  ),
  broken('touch-shortens', 'takes an earlier expiry over on touch', (plain) => ({
    touch(id, expiresAt) {
      const current = plain.find(id);
      if (current !== undefined && !plain.isOver({ ...current, expiresAt })) plain.put({ ...current, expiresAt });
      return current === undefined ? 'gone' : 'touched';
    },
  })),
  broken('touch-into-the-past-kills', 'ends a record on a touch with a time that is past', (plain) => ({
    touch(id, expiresAt) {
      const current = plain.find(id);
      if (current !== undefined && plain.isOver({ ...current, expiresAt })) plain.drop(id);
      if (current !== undefined) plain.touch(id, expiresAt);
      return current === undefined ? 'gone' : 'touched';
    },
  })),
  broken('touch-earlier-is-gone', 'takes "no row was changed" for "no such record" on touch', (plain) => ({
    touch(id, expiresAt) {
      const current = plain.find(id);
      return current === undefined || current.expiresAt === expiresAt ? 'gone' : plain.touch(id, expiresAt);
    },
  })),
  broken('touch-bumps-version', 'takes a touch for a new version', (plain) => ({
    touch(id, expiresAt) {
      const answer = plain.touch(id, expiresAt);
      const current = plain.find(id);
      if (current !== undefined) plain.put({ ...current, version: current.version + 1 });
      return answer;
    },
  })),
  broken('touch-resets-the-version', 'starts counting versions anew on touch', (plain) => ({
    touch(id, expiresAt) {
      const answer = plain.touch(id, expiresAt);
      const current = plain.find(id);
      if (current !== undefined) plain.put({ ...current, version: 1 });
      return answer;
    },
  })),
  broken('touch-forgets-the-subject', 'drops the subject on touch', (plain) => ({
    touch(id, expiresAt) {
      const answer = plain.touch(id, expiresAt);
      const { subject: _, ...rest } = plain.find(id) ?? { id: '' };
      if ('body' in rest) plain.put(rest);
      return answer;
    },
  })),
  broken('touch-creates', 'creates an empty record when it is told to touch one that is not there', (plain) => ({
    touch(id, expiresAt) {
      if (!plain.disk.seen.has(id)) plain.put({ id, version: 1, expiresAt, body: '' });
      return plain.touch(id, expiresAt);
    },
  })),
  broken('touch-that-revives', 'extends a record that has expired and not been swept', (plain) => ({
    touch(id, expiresAt) {
      const stored = plain.disk.records.get(id);
      if (stored === undefined || !plain.isOver(stored)) return plain.touch(id, expiresAt);
      plain.put({ ...stored, expiresAt });
      return 'touched';
    },
  })),
  broken(
    'destroy-that-only-blanks',
    'keeps a destroyed record with a blank body, which only update takes for a record',
    (plain) => {
      const isBlank = (id: string) => plain.find(id)?.body === blank;
      return {
        destroy(id) {
          const record = plain.find(id);
          if (record !== undefined) plain.put({ ...record, body: blank });
        },
        create(record) {
          if (isBlank(record.id)) plain.drop(record.id);
          return plain.create(record);
        },
        read: (id) => (isBlank(id) ? undefined : plain.read(id)),
        touch: (id, expiresAt) => (isBlank(id) ? 'gone' : plain.touch(id, expiresAt)),
        list: (subject) => (plain.list(subject) as SessionRecord[]).filter((record) => record.body !== blank),
      };
    },
  ),
  brokenClass(
    'touch-undeletes',
    'forgets on touch that a record was only marked as deleted',
    class extends PlainStore {
      readonly #deleted = new Map<string, SessionRecord>();
      override destroy(id: string) {
        const record = this.find(id);
        if (record !== undefined) this.#deleted.set(id, record);
        this.drop(id);
      }
      override touch(id: string, expiresAt: number) {
        const record = this.#deleted.get(id);
        if (record !== undefined && !this.disk.records.has(id)) this.put(record);
        this.#deleted.delete(id);
        return super.touch(id, expiresAt);
      }
    },
  ),
  broken('destroy-does-nothing', 'leaves a record that has a subject when it is destroyed', (plain) => ({
    destroy(id) {
      if (plain.find(id)?.subject === undefined) plain.drop(id);
    },
  })),
  broken(
    'destroy-throws-before-the-first-create',
    'cannot destroy anything while there is no folder to look in',
    (plain) => ({
      destroy(id) {
        if (plain.disk.seen.size === 0) throw new Error('no such file or directory');
        plain.drop(id);
      },
    }),
  ),
  brokenClass(
    'destroy-throws-the-second-time',
    'takes a second destruction for an error',
    class extends PlainStore {
      readonly #destroyed = new Set<string>();
      override destroy(id: string) {
        if (this.#destroyed.has(id)) throw new Error('already destroyed');
        if (this.disk.records.has(id)) this.#destroyed.add(id);
        this.drop(id);
      }
    },
  ),
  broken('destroy-throws-on-expired', 'takes the destruction of an expired record for an error', (plain) => ({
    destroy(id) {
      const stored = plain.disk.records.get(id);
      if (stored !== undefined && plain.isOver(stored)) throw new Error('cannot destroy an expired session');
      plain.drop(id);
    },
  })),
  broken('destroy-by-pattern', 'takes the id it destroys for a pattern', (plain) => ({
    destroy(id) {
      plain.drop(id);
      if (id.endsWith('*') && id.length > 1)
        for (const record of plain.all()) if (record.id.startsWith(id.slice(0, -1))) plain.drop(record.id);
    },
  })),
];
