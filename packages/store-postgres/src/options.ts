import { type Clock, refuseUnknownStoreOptions, SessError, systemClock } from '@sess/core';
import {
  inTurn,
  type PgClient,
  type PgliteClient,
  type PostgresJs,
  type Query,
  queryThroughPg,
  queryThroughPostgresJs,
} from './client.js';
import { qualifyTable, type Table, type TableOptions } from './table.js';

/**
 * The connection, yours to open and close: exactly one of `pool`, `client` and `sql`. Anything else throws `ERR_SESS_CONFIG`, as does
 * one without the method that the store calls.
 */
export type PostgresConnection =
  | {
      /** pg's `Pool`. */
      readonly pool: PgClient;
      readonly client?: never;
      readonly sql?: never;
      /**
       * Whether to use named prepared statements. Default `false`, which works through every PgBouncer; on a direct
       * connection `true` saves the server planning each statement.
       */
      readonly prepare?: boolean;
    }
  | {
      /** pg's `Client`. One connection: the store's statements take turns on it. */
      readonly client: PgClient;
      readonly pool?: never;
      readonly sql?: never;
      /** As for `pool`. */
      readonly prepare?: boolean;
    }
  | {
      /** A `PGlite`. One connection: the store's statements take turns on it. */
      readonly client: PgliteClient;
      readonly pool?: never;
      readonly sql?: never;
      /** PGlite has no named statements: `true` throws `ERR_SESS_CONFIG`. */
      readonly prepare?: false;
    }
  | {
      /** What postgres.js's `postgres()` returns. */
      readonly sql: PostgresJs;
      readonly pool?: never;
      readonly client?: never;
      /**
       * Whether to use prepared statements. Default `true`, because postgres.js needs two round trips for a statement
       * that is not prepared. A client made with `postgres(url, { prepare: false })`, as PgBouncer needs, never prepares.
       */
      readonly prepare?: boolean;
    };

/** What `postgresStore` takes. Only a connection is required. */
export type PostgresStoreOptions = PostgresConnection &
  TableOptions & {
    /** The clock that decides whether a record is expired. Default: the core's `systemClock`, which never runs backwards. */
    readonly clock?: Clock;
  };

/** The options as the store works with them. */
export interface ResolvedOptions {
  readonly query: Query;
  readonly table: Table;
  readonly clock: Clock;
}

/** Every option, so that the compiler sees to it that none is missing. */
const knownOptions: Readonly<Record<keyof PostgresStoreOptions, true>> = {
  pool: true,
  client: true,
  sql: true,
  schema: true,
  table: true,
  prepare: true,
  clock: true,
};

/** What connect-pg-simple calls them. */
const hints = {
  schemaName: 'it is called `schema`',
  tableName: 'it is called `table`',
  conString: 'open a `pool` with it',
  createTableIfMissing: 'call `migrate()` once',
  pruneSessionInterval: 'how often expired sessions are removed is `sweepEvery` of session()',
};

/** Checks the options and fills in the defaults. Throws `ERR_SESS_CONFIG` when one is invalid. */
export function resolveOptions(options: PostgresStoreOptions): ResolvedOptions {
  refuseUnknownStoreOptions('postgresStore', options, knownOptions, hints);
  const { clock = systemClock } = options;
  return Object.freeze({ query: resolveQuery(options), table: qualifyTable(options), clock });
}

function resolveQuery(options: PostgresStoreOptions): Query {
  const { pool, client, sql, prepare } = options;
  if ([pool, client, sql].filter((connection) => connection != null).length !== 1) {
    throw new SessError(
      'ERR_SESS_CONFIG',
      'postgresStore: give exactly one of `pool` (pg), `client` (pg or PGlite) and `sql` (postgres.js).',
    );
  }
  if (pool) return queryThroughPg(requireMethod(pool, 'pool', 'query'), prepare ?? false);
  if (sql) return queryThroughPostgresJs(requireMethod(sql, 'sql', 'unsafe'), prepare ?? true);
  const single = requireMethod(client, 'client', 'query');
  if (prepare && 'exec' in single) {
    throw new SessError(
      'ERR_SESS_CONFIG',
      'postgresStore: prepare is true, and PGlite has no named statements; leave it out.',
    );
  }
  return inTurn(queryThroughPg(single, prepare ?? false));
}

function requireMethod<T extends object>(connection: T, option: string, method: string): T {
  if (typeof (connection as Record<string, unknown>)[method] === 'function') return connection;
  throw new SessError(
    'ERR_SESS_CONFIG',
    `postgresStore: ${option} has no method \`${method}\`; give pg's Pool as \`pool\`, pg's Client or PGlite as ` +
      '`client`, or what postgres() returns as `sql`.',
  );
}
