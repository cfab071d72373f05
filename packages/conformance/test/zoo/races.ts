import type { SessionRecord } from '@sess/core';
import { brokenClass, type Inhabitant, tick } from './inhabitant.js';
import { PlainStore } from './plain-store.js';

/** Defects that only calls in flight at the same time can show. */
export const raceDefects: readonly Inhabitant[] = [
  brokenClass(
    'check-then-update',
    'checks the version, waits, and then writes',
    class extends PlainStore {
      override async update(record: SessionRecord, ifVersion: number) {
        const current = this.find(record.id);
        if (current === undefined) return { outcome: 'gone' } as const;
        if (current.version !== ifVersion) return this.conflict(current);
        await tick();
        const stored = this.find(record.id);
        if (stored === undefined) return { outcome: 'gone' } as const;
        this.put({ ...record, expiresAt: Math.max(record.expiresAt, stored.expiresAt) });
        return { outcome: 'updated' } as const;
      }
    },
  ),
  brokenClass(
    'check-then-create',
    'looks whether an id is free, waits, and then writes',
    class extends PlainStore {
      override async create(record: SessionRecord) {
        if (this.find(record.id) !== undefined) return 'exists';
        await tick();
        this.put(record);
        return 'created';
      }
    },
  ),
  brokenClass(
    'create-over-the-expired',
    'looks whether the record with an id has expired, waits, and then replaces it',
    class extends PlainStore {
      override async create(record: SessionRecord) {
        const stored = this.disk.records.get(record.id);
        if (stored === undefined || !this.isOver(stored)) return super.create(record);
        await tick();
        this.put(record);
        return 'created';
      }
    },
  ),
  brokenClass(
    'read-removes-by-id',
    'finds on read that a record has expired, waits, and then removes what has its id',
    class extends PlainStore {
      override async read(id: string) {
        const stored = this.disk.records.get(id);
        if (stored === undefined || !this.isOver(stored)) return super.read(id);
        await tick();
        this.drop(id);
        return undefined;
      }
    },
  ),
  brokenClass(
    'update-after-destroy',
    'looks at the version again before it writes, but not whether the record is still there',
    class extends PlainStore {
      override async update(record: SessionRecord, ifVersion: number) {
        if (this.find(record.id) === undefined) return { outcome: 'gone' } as const;
        await tick();
        const current = this.find(record.id);
        if (current !== undefined) return super.update(record, ifVersion);
        this.put(record);
        return { outcome: 'updated' } as const;
      }
    },
  ),
  brokenClass(
    'touch-after-destroy',
    'looks whether a record is there, waits, and then writes what may be gone by now',
    class extends PlainStore {
      override async touch(id: string, expiresAt: number) {
        const before = this.find(id);
        if (before === undefined) return 'gone';
        await tick();
        const current = this.find(id) ?? before;
        this.put({ ...current, expiresAt: Math.max(expiresAt, current.expiresAt) });
        return 'touched';
      }
    },
  ),
  brokenClass(
    'touch-writes-back-what-it-read',
    'undoes with a touch the update that came between its reading and its writing',
    class extends PlainStore {
      override async touch(id: string, expiresAt: number) {
        const before = this.find(id);
        await tick();
        if (before === undefined || this.find(id) === undefined) return 'gone';
        this.put({ ...before, expiresAt: Math.max(expiresAt, before.expiresAt) });
        return 'touched';
      }
    },
  ),
  brokenClass(
    'remembers-what-it-read',
    'goes on showing a record that another process has changed or destroyed since',
    class extends PlainStore {
      readonly #cache = new Map<string, SessionRecord>();
      override read(id: string) {
        const cached = this.#cache.get(id);
        if (cached !== undefined && !this.isOver(cached)) return this.copyOut(cached);
        const record = this.find(id);
        if (record !== undefined) this.#cache.set(id, record);
        return record && this.copyOut(record);
      }
      override put(record: SessionRecord) {
        this.#cache.delete(record.id);
        super.put(record);
      }
      override drop(id: string) {
        this.#cache.delete(id);
        super.drop(id);
      }
    },
  ),
  brokenClass(
    'remembers-what-is-missing',
    'goes on saying that a record is missing that another process has created since',
    class extends PlainStore {
      readonly #missing = new Set<string>();
      override create(record: SessionRecord) {
        this.#missing.delete(record.id);
        return super.create(record);
      }
      override read(id: string) {
        if (this.#missing.has(id)) return undefined;
        const record = super.read(id);
        if (record === undefined) this.#missing.add(id);
        return record;
      }
    },
  ),
];
