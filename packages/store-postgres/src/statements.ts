import type { Statement } from './client.js';
import { migrateSql } from './schema.js';
import type { Table } from './table.js';

/** The store's statements for one table. Each is its own transaction and relies on no state of the connection. */
export interface Statements {
  /** Values: those of `encodeRecord`, now. A row says it was created. */
  readonly create: Statement;
  /** Values: id. The row, live or expired. */
  readonly read: Statement;
  /** Values: those of `encodeRecord`, the expected version, now. A row says it was updated. */
  readonly update: Statement;
  /** Values: id, expires, now. A row says it was touched. */
  readonly touch: Statement;
  /** Values: id. */
  readonly destroy: Statement;
  /** Values: subject, now. A row for each live record. */
  readonly list: Statement;
  /** Values: now, limit. One row: how many were removed. */
  readonly sweep: Statement;
  /** No values, no rows. */
  readonly migrate: Statement;
}

/** Writes the statements for `table`. */
export function createStatements(table: Table): Statements {
  const t = table.sql;
  const statement = (operation: string, text: string): Statement => ({
    operation,
    name: `sess_${operation}_${hash(text)}`,
    text,
  });
  return {
    create: statement('create', createSql(t)),
    read: statement('read', `SELECT ${recordColumns} FROM ${t} WHERE id = $1::text`),
    update: statement('update', updateSql(t)),
    touch: statement('touch', touchSql(t)),
    destroy: statement('destroy', `DELETE FROM ${t} WHERE id = $1::text`),
    list: statement('list', listSql(t)),
    sweep: statement('sweep', sweepSql(t)),
    migrate: statement('migrate', migrateSql(table)),
  };
}

/** The epoch milliseconds of a record's expiry: an exact numeric that depends on no time zone. */
const expires = 'trunc(extract(epoch FROM expires_at) * 1000)';

/** What `decodeRecord` reads. Numbers are sent as text: drivers disagree on bigint, and each can be told to parse it differently. */
const recordColumns = `version::text AS version, ${expires}::text AS expires, subject, body, long_names AS names`;

/**
 * The condition that the record is live at the time in `parameter`, written so that the index of `expires_at` cannot serve
 * it: a planner that expected few live sessions would read them all through that index to find the one with this id.
 */
function live(parameter: string): string {
  return `${expires} > ${parameter}::bigint`;
}

/**
 * The instant whose epoch milliseconds are the parameter. Hours and milliseconds apart, since PostgreSQL multiplies
 * intervals in floating point: each product is then exact for every safe integer. No days: their length depends
 * on the session's time zone.
 */
function at(parameter: string): string {
  return (
    `(timestamptz 'epoch' + (${parameter}::bigint / 3600000) * interval '1 hour'` +
    ` + (${parameter}::bigint % 3600000) * interval '1 millisecond')`
  );
}

function createSql(t: string): string {
  return (
    `INSERT INTO ${t} AS kept (id, version, expires_at, subject, body, long_names) ` +
    `VALUES ($1::text, $2::bigint, ${at('$3')}, $4::text, $5::text, $6::text) ` +
    'ON CONFLICT (id) DO UPDATE SET version = excluded.version, expires_at = excluded.expires_at, ' +
    'subject = excluded.subject, body = excluded.body, long_names = excluded.long_names ' +
    `WHERE kept.expires_at <= ${at('$7')} RETURNING 1 AS done`
  );
}

function updateSql(t: string): string {
  return (
    `UPDATE ${t} SET version = $2::bigint, expires_at = greatest(expires_at, ${at('$3')}), ` +
    'subject = $4::text, body = $5::text, long_names = $6::text ' +
    `WHERE id = $1::text AND version = $7::bigint AND ${live('$8')} RETURNING 1 AS done`
  );
}

function touchSql(t: string): string {
  return (
    `UPDATE ${t} SET expires_at = greatest(expires_at, ${at('$2')}) ` +
    `WHERE id = $1::text AND ${live('$3')} RETURNING 1 AS done`
  );
}

function listSql(t: string): string {
  return `SELECT ${recordColumns}, id FROM ${t} WHERE subject = $1::text AND ${live('$2')}`;
}

/**
 * Removes the ids in an array, because that is computed once and looked up by the primary key. Joined to the sub-select,
 * a prepared statement, whose limit is unknown when it is planned, reads the whole table; and a sub-select run per row
 * exceeds the limit.
 */
function sweepSql(t: string): string {
  return (
    `WITH removed AS (DELETE FROM ${t} WHERE id = ANY (ARRAY(SELECT id FROM ${t} WHERE expires_at <= ${at('$1')} ` +
    'ORDER BY expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED)) RETURNING 1) ' +
    'SELECT count(*)::text AS removed FROM removed'
  );
}

/** FNV-1a, for the statements' names: stores for different tables may share a connection, where a name stands for one text. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(16);
}
