import { type StoreHarness, storeCases } from '@sess/conformance';
import { describeWithProgram, describeWithService, poll, scaleRuns } from '@sess/test-support';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { PostgresStore } from '../src/index.js';
import { type Connection, pglite, pgPool, poolSize, postgresJs } from './connections.js';
import { OwnPostgres } from './own-postgres.js';
import { type OpenedPair, useStorePairs } from './store-pairs.js';

const isFault = ({ name }: { readonly name: string }) => /^(crash|partition):/.test(name);

/** Resolves once a pool of `store` has no connection left that broke: each is found out only when it is used. */
const wake = (store: PostgresStore): Promise<void> =>
  poll(async () => {
    const reads = await Promise.allSettled(Array.from({ length: poolSize }, async () => store.read('any')));
    for (const read of reads) if (read.status === 'rejected') throw read.reason;
  });

describe('postgresStore keeps the store contract on PGlite', () => {
  // It is one connection in this process: both stores share it, and there is nothing to cut off.
  let client: Promise<Connection> | undefined;
  const connect = async () => {
    client ??= pglite.connect('');
    return client;
  };
  // The statements are the server's, on which most of the random search is made.
  const cases = storeCases(useStorePairs(connect), { profile: 'quick', runs: scaleRuns(10) });
  for (const { name, run } of cases.filter((each) => !isFault(each))) test(name, run);
});

describeWithService('PostgreSQL', 'postgresStore keeps the store contract on a server', (server) => {
  describe.each([pgPool(), pgPool({}, true), postgresJs()])('with $name', (kind) => {
    // The statements and the server are the same for every client, so most of the random search is left to the first.
    const isFirst = kind.name === 'pg.Pool';
    const cases = storeCases(
      useStorePairs(() => kind.connect(server().url)),
      isFirst ? { profile: 'quick' } : { profile: 'quick', runs: scaleRuns(10) },
    );
    for (const { name, run } of cases.filter((each) => !isFault(each))) test(name, run);
  });
});

// These cases kill and hang the server, so it is one of their own.
describeWithProgram('PostgreSQL', 'postgresStore keeps the store contract on a server that fails', () => {
  let server: OwnPostgres;
  beforeAll(async () => {
    server = await OwnPostgres.start();
  });
  afterAll(() => server.stop());

  describe.each([pgPool(), postgresJs()])('with $name', (kind) => {
    const harness: StoreHarness<OpenedPair> = {
      ...useStorePairs(() => kind.connect(server.url)),
      crash: () => server.crash(),
      restart: async ({ store }) => {
        await server.launch();
        await wake(store);
        return store;
      },
      partition: () => server.hang(),
      heal: () => server.resume(),
    };
    for (const { name, run } of storeCases(harness, { profile: 'quick' }).filter(isFault)) test(name, run);
  });
});
