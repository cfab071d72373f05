import type { StoreHarness } from '@sess/conformance';
import type { Clock } from '@sess/core';
import { afterAll, beforeAll } from 'vitest';
import { type PostgresStore, postgresStore } from '../src/index.js';
import type { Connection } from './connections.js';
import { dropSchema, newSchema } from './stores.js';

/** A store for a case of the kit, and the clock for another on the same table. */
export interface OpenedPair {
  readonly store: PostgresStore;
  readonly clock: Clock;
}

/** A harness for the conformance kit: stores on a table of the suite's own, emptied for each case, through two connections. */
export function useStorePairs(connect: () => Promise<Connection>): StoreHarness<OpenedPair> {
  const schema = newSchema();
  const connections: Connection[] = [];
  const use = (index: 0 | 1): Connection => {
    const connection = connections[index];
    if (connection === undefined) throw new Error('not connected');
    return connection;
  };
  beforeAll(async () => {
    connections.push(await connect(), await connect());
    await postgresStore({ ...use(0).options, schema }).migrate();
  });
  afterAll(async () => {
    await dropSchema(use(0), schema);
    for (const connection of new Set(connections)) await connection.close();
  });
  return {
    abilities: ['subjectIndex', 'sweep'],
    open: async ({ clock }) => {
      await use(0).run(`DELETE FROM "${schema}".sess_sessions`);
      return { store: postgresStore({ ...use(0).options, schema, clock }), clock };
    },
    connect: ({ clock }) => postgresStore({ ...use(1).options, schema, clock }),
  };
}
