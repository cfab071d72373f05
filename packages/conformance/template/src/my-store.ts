import {
  type Clock,
  isExpired,
  type SessionRecord,
  type SessionStore,
  type SubjectIndex,
  type Sweepable,
  type UpdateResult,
} from '@sess/core';
import type { Database, Row } from './database.js';
import { type MyStoreOptions, resolveOptions } from './options.js';

/** Creates a store in a database. Throws `ERR_SESS_CONFIG` for options that cannot work. */
export function myStore(options: MyStoreOptions): SessionStore & SubjectIndex & Sweepable {
  const { database, clock } = resolveOptions(options);
  return new MyStore(database, clock);
}

/*
 * Every method is one atomic step, and every step looks at the expiry itself. What must not happen is a question ("is it
 * there?"), an await, and then a write that trusts the answer: in between, another process may have destroyed the session.
 *
 * Nothing is caught: the errors of the database are for the caller.
 */
class MyStore implements SessionStore, SubjectIndex, Sweepable {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  // INSERT INTO sessions VALUES ($id, …) ON CONFLICT (id) DO UPDATE SET … WHERE sessions.expires_at <= $now
  create(record: SessionRecord): Promise<'created' | 'exists'> {
    const now = this.#clock.now();
    return this.#database.atomically((rows) => {
      if (findLive(rows, record.id, now) !== undefined) return 'exists';
      rows.set(record.id, toRow(record));
      return 'created';
    });
  }

  // SELECT … WHERE id = $id AND expires_at > $now
  read(id: string): Promise<SessionRecord | undefined> {
    const now = this.#clock.now();
    return this.#database.atomically((rows) => {
      const row = findLive(rows, id, now);
      return row && toRecord(row);
    });
  }

  // UPDATE sessions SET …, expires_at = greatest(expires_at, $expires) WHERE id = $id AND version = $if AND expires_at > $now
  // If no row was updated: SELECT as in `read`. No row: 'gone'. Another version: 'conflict'. The version expected: the session
  // was created in between, so start over.
  update(record: SessionRecord, ifVersion: number): Promise<UpdateResult> {
    const now = this.#clock.now();
    return this.#database.atomically((rows) => {
      const row = findLive(rows, record.id, now);
      if (row === undefined) return { outcome: 'gone' };
      if (row.version !== ifVersion) return { outcome: 'conflict', current: toRecord(row) };
      rows.set(record.id, toRow({ ...record, expiresAt: Math.max(record.expiresAt, row.expiresAt) }));
      return { outcome: 'updated' };
    });
  }

  // UPDATE sessions SET expires_at = greatest(expires_at, $expires) WHERE id = $id AND expires_at > $now
  touch(id: string, expiresAt: number): Promise<'touched' | 'gone'> {
    const now = this.#clock.now();
    return this.#database.atomically((rows) => {
      const row = findLive(rows, id, now);
      if (row === undefined) return 'gone';
      rows.set(id, { ...row, expiresAt: Math.max(expiresAt, row.expiresAt) });
      return 'touched';
    });
  }

  // DELETE FROM sessions WHERE id = $id
  destroy(id: string): Promise<void> {
    return this.#database.atomically((rows) => {
      rows.delete(id);
    });
  }

  // SELECT … WHERE subject = $subject AND expires_at > $now
  list(subject: string): Promise<readonly SessionRecord[]> {
    const now = this.#clock.now();
    return this.#database.atomically((rows) =>
      [...rows.values()].filter((row) => row.subject === subject && !isExpired(row.expiresAt, now)).map(toRecord),
    );
  }

  // DELETE FROM sessions WHERE id IN (SELECT id … WHERE expires_at <= $now LIMIT $limit) AND expires_at <= $now
  // (twice, because a session may be created anew under an expired id while the statement runs)
  sweep(limit: number): Promise<number> {
    const now = this.#clock.now();
    return this.#database.atomically((rows) => {
      const expired = [...rows.values()].filter((row) => isExpired(row.expiresAt, now)).slice(0, limit);
      for (const { id } of expired) rows.delete(id);
      return expired.length;
    });
  }
}

function findLive(rows: ReadonlyMap<string, Row>, id: string, now: number): Row | undefined {
  const row = rows.get(id);
  return row === undefined || isExpired(row.expiresAt, now) ? undefined : row;
}

function toRow({ subject, ...record }: SessionRecord): Row {
  return { ...record, subject: subject ?? null };
}

/** A record without a subject has no key for it: neither `null` nor `undefined`. */
function toRecord({ subject, ...row }: Row): SessionRecord {
  return subject === null ? row : { ...row, subject };
}
