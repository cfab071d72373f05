import { SessError } from '@sess/core';

/** Where the sessions are kept. */
export interface TableOptions {
  /**
   * The schema of the table, whatever the connection's `search_path` says: any name of up to 63 bytes of UTF-8.
   * Default: `'public'`. A name that PostgreSQL could not keep as is throws `ERR_SESS_CONFIG`.
   */
  readonly schema?: string;
  /**
   * The name of the table: any of up to 50 bytes of UTF-8, so that its indexes' names fit too. Default: `'sess_sessions'`.
   * A name that PostgreSQL could not keep as is throws `ERR_SESS_CONFIG`.
   */
  readonly table?: string;
}

/** A checked table name, in the forms SQL needs it. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** Schema and table, quoted: ready to stand in a statement. */
  readonly sql: string;
}

/** How many bytes a name may have. PostgreSQL cuts longer ones without an error, after which two tables could share an index. */
const mostNameBytes = 63;
const longestSuffix = '_expires_at'.length;

/** Checks and quotes the table's name; throws `ERR_SESS_CONFIG` for a name that PostgreSQL could not keep as it is. */
export function qualifyTable({ schema = 'public', table = 'sess_sessions' }: TableOptions): Table {
  checkName('schema', schema, mostNameBytes);
  checkName('table', table, mostNameBytes - longestSuffix - 2);
  return { schema, name: table, sql: `${quoteIdentifier(schema)}.${quoteIdentifier(table)}` };
}

/** Quotes a name, so that it can only ever be read as a name. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text as a literal that reads the same whatever `standard_conforming_strings` says. */
export function quoteLiteral(text: string): string {
  const quoted = text.replaceAll("'", "''");
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}

function checkName(option: string, name: unknown, maxBytes: number): void {
  const problem = findProblem(name, maxBytes);
  if (problem === undefined) return;
  throw new SessError('ERR_SESS_CONFIG', `postgresStore: ${option} is ${JSON.stringify(name)}, which ${problem}.`);
}

function findProblem(name: unknown, maxBytes: number): string | undefined {
  if (typeof name !== 'string' || name === '') return 'is not a name; give a non-empty string';
  const bytes = new TextEncoder().encode(name);
  if (bytes.length > maxBytes) return `is ${bytes.length} bytes long; give one of at most ${maxBytes}`;
  if (name.includes('\0') || new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) !== name) {
    return 'has a NUL or half of a surrogate pair in it; give a name without, since PostgreSQL cannot keep it';
  }
  return undefined;
}
