import { SessError } from '@sess/core';
import { qualifyTable, quoteIdentifier, quoteLiteral, type Table, type TableOptions } from './table.js';

/** The version of the table's layout that this package writes. */
export const schemaVersion = 1;

/** What `migrationSql` takes. */
export interface MigrationOptions extends TableOptions {
  /** The schema version the table has now; only what is newer is returned. Default: 0, there is no table yet. */
  readonly from?: number;
}

/**
 * The SQL that `migrate()` runs, as plain statements for those who run their own migrations. Run it in one
 * transaction. A later version of this package that needs a later layout returns the steps from `from`; the text is
 * empty when there is nothing to do. Throws `ERR_SESS_CONFIG` for a `schema`, `table` or `from` that is unfit.
 */
export function migrationSql({ from = 0, ...options }: MigrationOptions = {}): string {
  if (!Number.isInteger(from) || from < 0 || from > schemaVersion) {
    throw new SessError(
      'ERR_SESS_CONFIG',
      `migrationSql: from is ${from}; it takes the version that the table has now, a whole number from 0 (no table yet) to ${schemaVersion}.`,
    );
  }
  const table = qualifyTable(options);
  const statements = layouts(table).slice(from).flat();
  if (statements.length === 0) return '';
  if (from === 0 && table.schema !== 'public') {
    statements.unshift(`DO ${dollarQuote(` BEGIN ${makeSchema(table)}; END`)}`);
  }
  const checks = checkIndexes(table).map((check) => `DO ${dollarQuote(` BEGIN ${check}; END`)}`);
  return [...statements, ...checks, noteVersion(table)].map((statement) => `${statement};\n`).join('');
}

/**
 * One statement that brings the table to `schemaVersion`: it does nothing when the table is there already, so a role
 * that may not create tables can run it, and several processes may run it concurrently. (Every `IF NOT EXISTS` matters: under
 * a strict `default_transaction_isolation` the queries here still see the time before the lock.)
 */
export function migrateSql(table: Table): string {
  const body = `
DECLARE
  version integer;
BEGIN
  IF current_setting('server_encoding') <> 'UTF8' THEN
    RAISE EXCEPTION 'the database''s encoding is %, and sessions need UTF8: create the database with ENCODING ''UTF8''',
      current_setting('server_encoding');
  END IF;
  version := ${readVersion(table)};
  IF version > ${schemaVersion} THEN
    RAISE EXCEPTION 'the table is at schema version %, and this @sess/store-postgres knows ${schemaVersion}: upgrade the package',
      version;
  END IF;
  IF version = ${schemaVersion} THEN RETURN; END IF;
  PERFORM set_config('client_min_messages', 'warning', true);
  -- By the schema, not the table: two tables in a schema that is not there yet must not both make it.
  PERFORM pg_advisory_xact_lock(hashtextextended(${quoteLiteral(`sess migrate ${quoteIdentifier(table.schema)}`)}, 0));
  version := ${readVersion(table)};
  ${makeSchema(table)};
${layouts(table).map(upgrade).join('\n')}
${checkIndexes(table)
  .map((check) => `  ${check};`)
  .join('\n')}
  ${noteVersion(table)};
END`;
  return `DO ${dollarQuote(body)}`;
}

const indexedColumns = ['expires_at', 'subject'] as const;
type IndexedColumn = (typeof indexedColumns)[number];

function indexName(table: Table, column: IndexedColumn): string {
  return `${table.name}_${column}`;
}

/**
 * The statements that lead from each layout to the next; the first from nothing to version 1. A later layout adds
 * an entry and never changes one. Every statement can be run twice, so a lost version note does no harm.
 */
function layouts(table: Table): string[][] {
  const index = (column: IndexedColumn): string => quoteIdentifier(indexName(table, column));
  return [
    [
      `CREATE TABLE IF NOT EXISTS ${table.sql} (
  id text COLLATE "C" PRIMARY KEY,
  version bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  subject text COLLATE "C",
  body text NOT NULL,
  long_names text
)`,
      `CREATE INDEX IF NOT EXISTS ${index('expires_at')} ON ${table.sql} (expires_at)`,
      `CREATE INDEX IF NOT EXISTS ${index('subject')} ON ${table.sql} (subject) WHERE subject IS NOT NULL`,
    ],
  ];
}

/** In a block of PL/pgSQL. Asks first, since `IF NOT EXISTS` needs the right to create a schema also where it is there. */
function makeSchema({ schema }: Table): string {
  return (
    `IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = ${quoteLiteral(schema)}) ` +
    `THEN CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}; END IF`
  );
}

/**
 * In a block of PL/pgSQL, for each index: fails if its name belongs to anything else, as when another store's table is called
 * so, since `IF NOT EXISTS` goes by the name alone. (An index that only a concurrent migration has made may not be seen yet.)
 */
function checkIndexes(table: Table): string[] {
  return indexedColumns.map((column) => {
    const name = indexName(table, column);
    const problem =
      `the name ${quoteIdentifier(table.schema)}.${quoteIdentifier(name)} is taken, and the index on ${column} of ` +
      `${table.sql} needs it: choose another \`table\`, or rename what has the name`;
    return (
      'IF EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace ' +
      `WHERE n.nspname = ${quoteLiteral(table.schema)} AND c.relname = ${quoteLiteral(name)} AND NOT EXISTS (` +
      'SELECT FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] ' +
      `WHERE i.indexrelid = c.oid AND i.indrelid = ${quoteLiteral(table.sql)}::regclass AND a.attname = '${column}')) ` +
      `THEN RAISE EXCEPTION '%', ${quoteLiteral(problem)}; END IF`
    );
  });
}

function upgrade(statements: readonly string[], version: number): string {
  const lines = statements.map((statement) => `    ${statement};`).join('\n');
  return `  IF version <= ${version} THEN\n${lines}\n  END IF;`;
}

/** Keeps the version as the table's comment, which moves with the table through dumps and renames. */
function noteVersion(table: Table): string {
  return `COMMENT ON TABLE ${table.sql} IS 'Sess sessions, schema version ${schemaVersion}'`;
}

function readVersion(table: Table): string {
  return `coalesce((SELECT substring(obj_description(c.oid, 'pg_class') FROM 'schema version ([0-9]{1,6})')::integer
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = ${quoteLiteral(table.schema)} AND c.relname = ${quoteLiteral(table.name)}), 0)`;
}

function dollarQuote(body: string): string {
  let tag = '$sess$';
  for (let i = 0; body.includes(tag.slice(0, -1)); i++) tag = `$sess${i}$`;
  return `${tag}${body}\n${tag}`;
}
