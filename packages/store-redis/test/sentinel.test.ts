import { describeWithProgram, poll } from '@sess/test-support';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { createSentinel } from 'redis';
import { createSentinel as createSentinel5 } from 'redis5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedisClient } from '../src/index.js';
import type { Connection } from './connections.js';
import { startLoad } from './load.js';
import { masterName, OwnSentinel } from './own-sentinel.js';
import { type Bench, createBench } from './stores.js';

interface Openable {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
}

/** The ways to find the master through the Sentinel at a port. */
const kinds: readonly (readonly [string, (port: number) => Promise<Connection>])[] = [
  ['node-redis 6', (port) => open(createSentinel(nodeRedisOptions(port)), 'destroy')],
  // D1: left alone, such a client reads from the replica, which lags behind.
  [
    'node-redis 6 with replicas',
    (port) => open(createSentinel({ ...nodeRedisOptions(port), replicaPoolSize: 1 }), 'destroy'),
  ],
  ['node-redis 5', (port) => open(createSentinel5(nodeRedisOptions(port)), 'destroy')],
  ['ioredis 6', (port) => open(new Redis(ioredisOptions(port)), 'disconnect')],
  ['ioredis 5', (port) => open(new Redis5(ioredisOptions(port)), 'disconnect')],
];

function nodeRedisOptions(port: number) {
  return { name: masterName, sentinelRootNodes: [{ host: '127.0.0.1', port }], scanInterval: 200 };
}

function ioredisOptions(port: number) {
  return { name: masterName, sentinels: [{ host: '127.0.0.1', port }], lazyConnect: true };
}

async function open<End extends string>(
  client: RedisClient & Openable & Record<End, () => unknown>,
  end: End,
): Promise<Connection> {
  client.on('error', () => {});
  await client.connect();
  return { client, close: () => void client[end]() };
}

// These tests crash a master, so the servers are their own.
describeWithProgram('Redis', 'behind Sentinel', () => {
  let servers: OwnSentinel;
  const connections: Connection[] = [];
  const benches: Bench[] = [];
  beforeAll(async () => {
    servers = await OwnSentinel.start();
    for (const [, connect] of kinds) connections.push(await connect(servers.port));
    benches.push(...connections.map((connection) => createBench(connection)));
  });
  afterAll(async () => {
    for (const connection of connections) connection.close();
    await servers.stop();
  });

  describe.each(kinds.map(([name], i) => [name, i] as const))('with %s', (_, i) => {
    it('gives every answer of the contract', async () => {
      const { store, record } = benches[i] as Bench;
      const kept = record({ subject: 'ann' });
      const second = { ...kept, version: 2, body: '{"a":2}' };
      expect(await store.create(kept)).toBe('created');
      expect(await store.create(kept)).toBe('exists');
      expect(await store.update(second, 1)).toEqual({ outcome: 'updated' });
      expect(await store.update(second, 1)).toEqual({ outcome: 'conflict', current: second });
      expect(await store.touch(kept.id, kept.expiresAt + 1)).toBe('touched');
      expect(await store.list('ann')).toEqual([{ ...second, expiresAt: kept.expiresAt + 1 }]);
      await store.destroy(kept.id);
      expect(await store.read(kept.id)).toBeUndefined();
    });

    it('reads from the master only (D1)', async () => {
      const { store, record } = benches[i] as Bench;
      const kept = record();
      await store.create(kept);
      await servers.replica.send('CONFIG', 'RESETSTAT');
      for (let n = 0; n < 10; n++) expect(await store.read(kept.id)).toEqual(kept);
      expect(await servers.replica.send('INFO', 'commandstats')).not.toContain('cmdstat_get');
    });
  });

  it('goes on when Sentinel puts the replica in the place of a crashed master, with all that it had', async () => {
    const kept: string[] = [];
    const destroyed: string[] = [];
    for (const { store, record } of benches) {
      const [one, other] = [record({ subject: 'ann' }), record({ subject: 'ann' })];
      await store.create(one);
      await store.create(other);
      await store.destroy(other.id);
      kept.push(one.id);
      destroyed.push(other.id);
    }
    await servers.replica.caughtUp();
    const loads = benches.map((bench) => startLoad(bench));
    for (const load of loads) await load.progress(2);

    await servers.master.kill();
    await poll(async () => expect(await servers.replica.send('INFO', 'replication')).toContain('role:master'), 20_000);

    for (const load of loads) await load.progress(10);
    for (const load of loads) await load.stop();
    for (const [i, { store }] of benches.entries()) {
      expect(await store.read(kept[i] ?? '')).toMatchObject({ id: kept[i] });
      expect(await store.read(destroyed[i] ?? '')).toBeUndefined();
      expect(await store.list('ann')).toHaveLength(1);
    }
  });
});
