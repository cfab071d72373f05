import {
  type Clock,
  isExpired,
  type SessionRecord,
  type SessionStore,
  type SubjectIndex,
  type Sweepable,
  type UpdateResult,
} from '@sess/core';
import type { Query } from './client.js';
import { PostgresStoreError } from './errors.js';
import { type PostgresStoreOptions, resolveOptions } from './options.js';
import { withRetries } from './retries.js';
import { createStatements, type Statements } from './statements.js';
import { decodeRecord, encodeRecord, toMilliseconds } from './stored-record.js';
import type { Table } from './table.js';
import { encodeKey } from './text.js';

/**
 * How often an update is tried on a record that is at the expected version and yet does not match: it was changed and
 * changed back in between, which does not go on for long.
 */
const mostUpdateAttempts = 64;

/** A session store in one PostgreSQL table. It opens and closes nothing: the connection stays yours. */
export interface PostgresStore extends SessionStore, SubjectIndex, Sweepable {
  /**
   * Creates the table and its indexes, or brings them to this package's `schemaVersion`. Idempotent, in one
   * transaction, safe when several processes start together, and needs no right to create anything once the table exists.
   */
  migrate(): Promise<void>;
}

/**
 * Creates a store that keeps sessions in PostgreSQL, through pg, postgres.js or PGlite. Run its `migrate()` once before use.
 * Its methods reject with a `PostgresStoreError`; wrong options throw `ERR_SESS_CONFIG`.
 */
export function postgresStore(options: PostgresStoreOptions): PostgresStore {
  const { query, table, clock } = resolveOptions(options);
  return new TableStore(withRetries(query, table), table, clock);
}

class TableStore implements PostgresStore {
  readonly #query: Query;
  readonly #table: Table;
  readonly #statements: Statements;
  readonly #clock: Clock;

  constructor(query: Query, table: Table, clock: Clock) {
    this.#query = query;
    this.#table = table;
    this.#statements = createStatements(table);
    this.#clock = clock;
  }

  async create(record: SessionRecord): Promise<'created' | 'exists'> {
    const rows = await this.#query(this.#statements.create, [...(await encodeRecord(record)), this.#now()]);
    return rows.length > 0 ? 'created' : 'exists';
  }

  async read(id: string): Promise<SessionRecord | undefined> {
    const [row] = await this.#query(this.#statements.read, [await encodeKey(id)]);
    if (row === undefined) return undefined;
    const record = decodeRecord(row, id);
    return isExpired(record.expiresAt, this.#clock.now()) ? undefined : record;
  }

  async update(record: SessionRecord, ifVersion: number): Promise<UpdateResult> {
    const values = [...(await encodeRecord(record)), String(ifVersion)];
    for (let left = mostUpdateAttempts; left > 0; left--) {
      const rows = await this.#query(this.#statements.update, [...values, this.#now()]);
      if (rows.length > 0) return { outcome: 'updated' };
      // A separate statement: what a statement sees is fixed when it begins, and an update that waited
      // for another's lock began too early to see what beat it.
      const current = await this.read(record.id);
      if (current === undefined) return { outcome: 'gone' };
      if (current.version !== ifVersion) return { outcome: 'conflict', current };
    }
    throw new PostgresStoreError(
      `postgresStore: update failed: PostgreSQL shows session ${JSON.stringify(record.id)} at version ${ifVersion} and yet updates no row of ` +
        `${this.#table.sql}: look for a trigger or a row-level security policy on the table.`,
      undefined,
    );
  }

  async touch(id: string, expiresAt: number): Promise<'touched' | 'gone'> {
    const values = [await encodeKey(id), toMilliseconds(expiresAt), this.#now()];
    const rows = await this.#query(this.#statements.touch, values);
    return rows.length > 0 ? 'touched' : 'gone';
  }

  async destroy(id: string): Promise<void> {
    await this.#query(this.#statements.destroy, [await encodeKey(id)]);
  }

  async list(subject: string): Promise<readonly SessionRecord[]> {
    const rows = await this.#query(this.#statements.list, [await encodeKey(subject), this.#now()]);
    return rows.map((row) => decodeRecord(row));
  }

  async sweep(limit: number): Promise<number> {
    const most = Math.min(Math.max(0, limit), Number.MAX_SAFE_INTEGER);
    const [row] = await this.#query(this.#statements.sweep, [this.#now(), String(most)]);
    return Number(row?.[0]);
  }

  async migrate(): Promise<void> {
    await this.#query(this.#statements.migrate, []);
  }

  #now(): string {
    return toMilliseconds(this.#clock.now());
  }
}
