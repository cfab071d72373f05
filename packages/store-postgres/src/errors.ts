import type { Statement } from './client.js';
import type { Table } from './table.js';

const brand = Symbol.for('sess.postgres-store-error');

/**
 * What every method of the PostgreSQL store rejects with: the message says what failed and what to do. `cause` is the
 * driver's error without the session data in it. Recognise one with `PostgresStoreError.is`, which also
 * accepts errors from a second copy of the package, where `instanceof` fails.
 */
export class PostgresStoreError extends Error {
  override readonly name = 'PostgresStoreError';
  /** PostgreSQL's code (SQLSTATE), such as `'42P01'`; `undefined` when the server sent no error. */
  readonly sqlState: string | undefined;
  readonly [brand] = true;

  constructor(message: string, sqlState: string | undefined, cause?: unknown) {
    super(message, { cause });
    this.sqlState = sqlState;
  }

  /** Whether `value` is a `PostgresStoreError`. */
  static is(value: unknown): value is PostgresStoreError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** Whether PostgreSQL refused a statement, without effect, only because of a concurrent one. */
export function isSerializationFailure(error: unknown): boolean {
  const code = readCode(error);
  return code === '40001' || code === '40P01';
}

/** Wraps what a driver threw while it ran `statement`. */
export function toStoreError(error: unknown, statement: Statement, table: Table): PostgresStoreError {
  const code = readCode(error);
  const reason = error instanceof Error ? readMessage(error) : String(error);
  const advice = findAdvice(code, reason)?.(table.sql) ?? '';
  const what = `postgresStore: ${statement.operation} failed: ${reason}${code ? ` (${code})` : ''}.`;
  return new PostgresStoreError(`${what} ${advice}`.trimEnd(), isSqlState(code) ? code : undefined, withoutData(error));
}

/**
 * What is kept of a driver's error. All else may hold the session's data: PostgreSQL quotes a row that breaks a
 * constraint (`detail`) and, if it is set to, the parameters of the statement (`where`), and postgres.js adds them itself.
 */
const keptProperties: readonly string[] = [
  ...['code', 'severity', 'severity_local', 'hint', 'position', 'file', 'line', 'routine'],
  // The names of things, by pg and by postgres.js.
  ...['schema', 'table', 'column', 'dataType', 'constraint'],
  ...['schema_name', 'table_name', 'column_name', 'type_name', 'constraint_name'],
  ...['errno', 'syscall', 'address', 'port', 'hostname'],
];

/** How deep into the causes of causes a copy goes; an error can be its own cause. */
const deepest = 4;

function withoutData(error: unknown, deeper = deepest): unknown {
  if (!(error instanceof Error)) return error;
  const kept = Object.entries(error).filter(([key]) => keptProperties.includes(key));
  const copy = Object.assign(createCopy(error, deeper - 1), Object.fromEntries(kept));
  copy.name = error.name;
  if (error.stack !== undefined) copy.stack = error.stack;
  return copy;
}

/** The same message, cause and inner errors. Of these no more than errors is kept: nobody knows what anything else holds. */
function createCopy(error: Error, deeper: number): Error {
  const known = (inner: unknown): boolean => deeper > 0 && inner instanceof Error;
  const options = known(error.cause) ? { cause: withoutData(error.cause, deeper) } : undefined;
  const errors = innerErrors(error);
  if (errors === undefined) return new Error(error.message, options);
  return new AggregateError(
    errors.filter(known).map((inner) => withoutData(inner, deeper)),
    error.message,
    options,
  );
}

/** What an AggregateError holds: one error for each address of a server's name, none of which could be reached. */
function innerErrors(error: Error): readonly unknown[] | undefined {
  return 'errors' in error && Array.isArray(error.errors) ? error.errors : undefined;
}

/** Node leaves the message of such an error empty. */
function readMessage(error: Error): string {
  const inner = innerErrors(error)?.find((each) => each instanceof Error);
  return error.message || inner?.message || error.name;
}

type Advice = (table: string) => string;

const migrate: Advice = (table) =>
  `The table ${table} is missing or not this package's: run \`await store.migrate()\` once, or the SQL of \`migrationSql()\`.`;
const connect: Advice = () =>
  'The connection was lost or could not be made, so whether a write took effect is unknown: check that the server runs ' +
  'and can be reached. A pool connects again by itself, a single Client does not.';
const waitForServer: Advice = () => 'The server is starting, stopping or was restarted: try again shortly.';
const sizePool: Advice = () =>
  'The server has no connection left: make the pools smaller, raise max_connections, or put PgBouncer between.';
const avoidNames: Advice = () =>
  'A named statement met a connection that does not know it, as behind PgBouncer in transaction mode: leave out `prepare` ' +
  '(with postgres.js, `postgres(url, { prepare: false })`).';
const usePrimary: Advice = () =>
  'The connection leads to a read-only standby or has default_transaction_read_only on: connect to the primary ' +
  '(target_session_attrs=read-write).';

/** By SQLSTATE, by the first characters of one, or by the code of Node or the driver. */
const adviceByCode: Readonly<Record<string, Advice>> = {
  '42P01': migrate,
  '3F000': migrate,
  '42703': migrate,
  '42P10': migrate,
  '42809': (table) => `What has the name ${table} is no table: choose another \`table\`.`,
  '42501': (table) =>
    `The role lacks a right: GRANT SELECT, INSERT, UPDATE, DELETE ON ${table}, and USAGE on its schema; ` +
    'migrating also needs CREATE there.',
  '25006': usePrimary,
  '26000': avoidNames,
  '42P05': avoidNames,
  '53300': sizePool,
  '53100': () => "The server's disk is full.",
  '57014': () => 'The statement was cancelled, usually by statement_timeout.',
  '55P03': () => 'Another transaction held the row longer than lock_timeout: find what locks rows of this table.',
  '57P01': waitForServer,
  '57P02': waitForServer,
  '57P03': waitForServer,
  '40001': () =>
    'Concurrent statements kept getting in the way: default_transaction_isolation "read committed" avoids that.',
  '40P01': () => 'Another transaction kept locking rows of this table in another order: find it.',
  '28': () => 'The server refused the login: check user, password and pg_hba.conf.',
  '3D000': () => 'Check the name of the database.',
  '08': connect,
  ECONNREFUSED: connect,
  ECONNRESET: connect,
  EPIPE: connect,
  ETIMEDOUT: connect,
  EHOSTUNREACH: connect,
  ENOTFOUND: connect,
  CONNECTION_CLOSED: connect,
  CONNECTION_DESTROYED: connect,
  CONNECT_TIMEOUT: connect,
  CONNECTION_ENDED: () => 'The store was used after the connection it was given had been ended.',
};

/** pg gives these no code. */
const adviceByMessage: readonly (readonly [RegExp, Advice])[] = [
  [/connection terminated|not queryable|client was closed/i, connect],
  [/timeout exceeded when trying to connect/i, connect],
  [/query read timeout/i, () => "pg's query_timeout passed, so whether a write took effect is unknown."],
  [/after calling end on the pool/i, () => 'The store was used after the pool it was given had been ended.'],
];

function findAdvice(code: string | undefined, reason: string): Advice | undefined {
  const keys = code === undefined ? [] : isSqlState(code) ? [code, code.slice(0, 2)] : [code];
  const known = keys.find((key) => Object.hasOwn(adviceByCode, key));
  if (known !== undefined) return adviceByCode[known];
  return adviceByMessage.find(([pattern]) => pattern.test(reason))?.[1];
}

/**
 * Whether a code is PostgreSQL's. Drivers and Node use the same property for their own codes, some just as long (EPIPE,
 * EPERM), but no SQLSTATE begins with E.
 */
function isSqlState(code: string | undefined): boolean {
  return code !== undefined && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code);
}

function readCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
