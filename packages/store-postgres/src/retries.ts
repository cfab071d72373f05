import type { Query } from './client.js';
import { isSerializationFailure, toStoreError } from './errors.js';
import type { Table } from './table.js';

// Whoever loses a serialization conflict loses it to another's success, so this many tries mean that many successes.
const mostAttempts = 64;

/**
 * Makes `query` try again what PostgreSQL refused without effect because of a concurrent statement, as it does where
 * `default_transaction_isolation` is stricter than `read committed`; every other failure becomes an error that says what to do.
 */
export function withRetries(query: Query, table: Table): Query {
  return async (statement, values) => {
    for (let tries = 1; ; tries++) {
      try {
        return await query(statement, values);
      } catch (error) {
        if (tries < mostAttempts && isSerializationFailure(error)) continue;
        throw toStoreError(error, statement, table);
      }
    }
  };
}
