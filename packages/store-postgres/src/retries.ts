import type { Query } from './client.js';
import { isSerializationFailure, toStoreError } from './errors.js';
import type { Table } from './table.js';

/** How often a statement is tried. Each serialization conflict it loses is won by another statement, so as many others succeeded. */
const mostAttempts = 64;

/**
 * Makes `query` retry what PostgreSQL refused without effect because of a concurrent statement, as happens where
 * `default_transaction_isolation` is stricter than `read committed`; every other failure becomes an error that says what to do.
 */
export function withRetries(query: Query, table: Table): Query {
  return async (statement, values) => {
    for (let left = mostAttempts; ; left--) {
      try {
        return await query(statement, values);
      } catch (error) {
        if (left > 1 && isSerializationFailure(error)) continue;
        throw toStoreError(error, statement, table);
      }
    }
  };
}
