import { type KitOptions, type StoreHarness, storeCases } from '@sess/conformance';
import { describeWithProgram, describeWithService, poll, scaleRuns } from '@sess/test-support';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type ConnectionKind, connectionKinds } from './connections.js';
import { OwnRedis } from './own-redis.js';
import { type OpenedPair, useStorePairs } from './store-pairs.js';
import { removeKeys } from './stores.js';

/** The properties make thousands of round trips, on machines that may be busy. */
const patience = 120_000;

/** The scripts and the server are the same for every client, so most of the random search is left to the first. */
const effortFor = (kind: ConnectionKind): KitOptions =>
  kind === connectionKinds[0] ? { profile: 'quick' } : { profile: 'quick', runs: scaleRuns(10) };

const isFault = ({ name }: { readonly name: string }) => /^(crash|partition):/.test(name);

describeWithService('Redis', 'redisStore keeps the store contract on a server', (redis) => {
  describe.each(connectionKinds)('with $name', (kind) => {
    const tidy = (prefixes: readonly string[]) => removeKeys(redis().url, prefixes);
    const harness = useStorePairs((each) => each.connect(redis().url), kind, tidy);
    const cases = storeCases(harness, effortFor(kind));
    for (const { name, run } of cases.filter((each) => !isFault(each))) test(name, run, patience);
  });
});

describeWithService('Redis Cluster', 'redisStore keeps the store contract on a cluster', (cluster) => {
  describe.each(connectionKinds)('with $name', (kind) => {
    const harness = useStorePairs((each) => each.connectCluster(cluster().urls), kind);
    const cases = storeCases(harness, effortFor(kind));
    for (const { name, run } of cases.filter((each) => !isFault(each))) test(name, run, patience);
  });
});

// These cases kill and hang the server, so it is one of their own.
describeWithProgram('Redis', 'redisStore keeps the store contract on a server that fails', () => {
  let server: OwnRedis;
  beforeAll(async () => {
    server = await OwnRedis.start({ appendonly: 'yes', appendfsync: 'always' });
  });
  afterAll(() => server.stop());

  describe.each(connectionKinds)('with $name', (kind) => {
    const harness: StoreHarness<OpenedPair> = {
      ...useStorePairs((each) => each.connect(server.url), kind),
      crash: () => server.kill(),
      restart: async ({ store }) => {
        await server.launch();
        // The client needs a moment to find out.
        await poll(async () => store.read('any'));
        return store;
      },
      partition: () => server.hang(),
      heal: () => server.resume(),
    };
    for (const { name, run } of storeCases(harness, { profile: 'quick' }).filter(isFault)) test(name, run, patience);
  });
});
