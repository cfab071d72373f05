import { randomUUID } from 'node:crypto';
import { type ManualClock, manualClock, type SessionRecord } from '@sess/core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type PostgresStore, postgresStore } from '../src/index.js';
import type { Connection, ConnectionKind } from './connections.js';

/** What a test works with: a store in a schema of its own, and the clock it goes by. */
export interface Bench {
  readonly connection: Connection;
  readonly schema: string;
  readonly clock: ManualClock;
  readonly store: PostgresStore;
  /** A second store on the same table and clock, through another connection. */
  join(other: Connection): PostgresStore;
  /** A record that lives for a minute, unless told otherwise. */
  record(given?: Partial<SessionRecord>): SessionRecord;
}

/** A schema that nothing else on the server uses. */
export function newSchema(): string {
  return `sess_test_${randomUUID()}`;
}

/** A store that is not migrated yet. */
export function createBench(connection: Connection, schema = newSchema(), clock = manualClock()): Bench {
  const join = (other: Connection) => postgresStore({ ...other.options, schema, clock });
  return {
    connection,
    schema,
    clock,
    store: join(connection),
    join,
    record: (given = {}) => ({
      id: randomUUID(),
      version: 1,
      expiresAt: clock.now() + 60_000,
      body: '{"a":1}',
      ...given,
    }),
  };
}

/** Removes a schema that a test has made, so that a server that is not the tests' own is left as it was. */
export async function dropSchema(connection: Connection, schema: string): Promise<void> {
  await connection
    .run(`SET client_min_messages = warning; DROP SCHEMA IF EXISTS "${schema}" CASCADE`)
    .catch(async () => {
      // PGlite takes one statement at a time.
      await connection.run(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
    });
}

/** Before each test a bench with an empty, migrated table, on one connection of `kind`. */
export function useBench(kind: ConnectionKind, url: () => string): () => Bench {
  const schema = newSchema();
  let connection: Connection | undefined;
  let bench: Bench | undefined;
  beforeAll(async () => {
    connection = await kind.connect(url());
    await createBench(connection, schema).store.migrate();
  });
  beforeEach(async () => {
    if (connection === undefined) throw new Error('not connected');
    await connection.run(`TRUNCATE "${schema}".sess_sessions`);
    bench = createBench(connection, schema);
  });
  afterAll(async () => {
    if (connection === undefined) return;
    await dropSchema(connection, schema);
    await connection.close();
  });
  return () => {
    if (bench === undefined) throw new Error('a bench is there only in a test');
    return bench;
  };
}
