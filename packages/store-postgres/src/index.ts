export type {
  NamedQuery,
  PgClient,
  PgliteClient,
  PostgresJs,
  QueryRows,
  QueryValues,
} from './client.js';
export { PostgresStoreError } from './errors.js';
export type { PostgresConnection, PostgresStoreOptions } from './options.js';
export { type PostgresStore, postgresStore } from './postgres-store.js';
export { type MigrationOptions, migrationSql, schemaVersion } from './schema.js';
export type { TableOptions } from './table.js';
