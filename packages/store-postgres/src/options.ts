import { type Clock, SessError, systemClock } from '@sess/core';
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

export type { TableOptions } from './table.js';

/** The connection, yours to open and close; exactly one of the three. */
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
      /** pg's `Client`, or PGlite. One connection: the store's statements take turns on it. */
      readonly client: PgClient;
      readonly pool?: never;
      readonly sql?: never;
      /** As for `pool`. Not with PGlite, which has no named statements. */
      readonly prepare?: boolean;
    }
  | {
      readonly client: PgliteClient;
      readonly pool?: never;
      readonly sql?: never;
      readonly prepare?: false;
    }
  | {
      /** What postgres.js's `postgres()` answers. */
      readonly sql: PostgresJs;
      readonly pool?: never;
      readonly client?: never;
      /**
       * Whether to use prepared statements. Default `true`, because postgres.js needs two round trips for a statement
       * that is not prepared. A client made with `postgres(url, { prepare: false })`, as PgBouncer wants it, is obeyed.
       */
      readonly prepare?: boolean;
    };

/** What `postgresStore` takes. */
export type PostgresStoreOptions = PostgresConnection &
  TableOptions & {
    /** Whose time decides what is expired. Default: the machine's, which never runs backwards. */
    readonly clock?: Clock;
  };

/** The options, checked and filled in. */
export interface PostgresSettings {
  readonly query: Query;
  readonly table: Table;
  readonly clock: Clock;
}

/** Checks the options and fills in the defaults; throws `ERR_SESS_CONFIG` with what to write instead. */
export function resolveOptions(options: PostgresStoreOptions): PostgresSettings {
  return {
    query: resolveQuery(options),
    table: qualifyTable(options),
    clock: options.clock ?? systemClock,
  };
}

function resolveQuery(options: PostgresStoreOptions): Query {
  const { pool, client, sql, prepare } = options;
  if ([pool, client, sql].filter((connection) => connection != null).length !== 1) {
    throw new SessError(
      'ERR_SESS_CONFIG',
      'postgresStore needs exactly one of `pool` (pg), `client` (pg or PGlite) and `sql` (postgres.js).',
    );
  }
  if (pool) return queryThroughPg(requireMethod(pool, 'pool', 'query'), prepare ?? false);
  if (sql) return queryThroughPostgresJs(requireMethod(sql, 'sql', 'unsafe'), prepare ?? true);
  if (prepare && 'exec' in client) {
    throw new SessError('ERR_SESS_CONFIG', 'PGlite has no named statements: leave out `prepare`.');
  }
  return inTurn(queryThroughPg(requireMethod(client, 'client', 'query'), prepare ?? false));
}

function requireMethod<T extends object>(connection: T, option: string, method: string): T {
  if (typeof (connection as Record<string, unknown>)[method] === 'function') return connection;
  throw new SessError(
    'ERR_SESS_CONFIG',
    `The option \`${option}\` has no method \`${method}\`: pass pg's Pool as \`pool\`, pg's Client or PGlite as ` +
      '`client`, or what postgres() answers as `sql`.',
  );
}
