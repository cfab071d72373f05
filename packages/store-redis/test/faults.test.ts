import { createSessions } from '@sess/core';
import { describeWithProgram, findFreePort, poll } from '@sess/test-support';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RedisStore, RedisStoreError, redisStore } from '../src/index.js';
import { type Connection, connectionKinds, nodeRedis6 } from './connections.js';
import { type Load, startLoad } from './load.js';
import { OwnRedis } from './own-redis.js';
import { createBench } from './stores.js';

/** What `call` rejects with. */
async function refusal(call: () => PromiseLike<unknown> | unknown): Promise<RedisStoreError> {
  const error = await Promise.resolve(call()).catch((reason: unknown) => reason);
  if (error instanceof RedisStoreError) return error;
  throw new Error(`expected a RedisStoreError, got ${String(error)}`);
}

// These tests break servers, so they start their own.
describeWithProgram('Redis', 'a server that fails', () => {
  const connections: Connection[] = [];
  const join = async (connecting: Promise<Connection>) => {
    const connection = await connecting;
    connections.push(connection);
    return connection;
  };
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });

  describe.each(connectionKinds)('with $name', (kind) => {
    it('keeps what it acknowledged over a crash, with appendfsync always', async () => {
      const server = await OwnRedis.start({ appendonly: 'yes', appendfsync: 'always' });
      const { store, record, clock } = createBench(await join(kind.connect(server.url)));
      const kept = record({ subject: 'ann' });
      const second = { ...kept, version: 2, body: '{"b":2}' };
      const destroyed = record({ subject: 'ann' });
      await store.create(kept);
      await store.create(destroyed);
      await store.update(second, 1);
      await store.touch(kept.id, kept.expiresAt + 5);
      await store.destroy(destroyed.id);

      await server.kill();
      await server.launch();

      const found = await poll(async () => store.read(kept.id));
      expect(found).toEqual({ ...second, expiresAt: kept.expiresAt + 5 });
      expect(await store.list('ann')).toEqual([found]);
      expect(await store.read(destroyed.id)).toBeUndefined();
      // The server has forgotten the scripts; D2 holds for one that is still on its way.
      expect(await store.update({ ...destroyed, version: 2 }, 1)).toEqual({ outcome: 'gone' });
      expect(await store.touch(kept.id, clock.now() + 3_600_000)).toBe('touched');
      await server.stop();
    });
  });

  // C2: a client waits for ever; the core does not.
  it('and hangs is an error of the core within storeTimeout, through every client', async () => {
    const server = await OwnRedis.start();
    const stores: RedisStore[] = [];
    for (const kind of connectionKinds) stores.push(createBench(await join(kind.connect(server.url))).store);
    server.hang();
    for (const store of stores) {
      const sessions = createSessions({ store, storeTimeout: 100 });
      const calls = [sessions.find('id'), sessions.revoke('id'), sessions.list('ann')];
      const start = performance.now();
      for (const { reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
        expect(reason).toMatchObject({ code: 'ERR_SESS_STORE_TIMEOUT' });
      }
      // Far above what is asked, for machines that are busy; far below what a client that waits for ever would take.
      expect(performance.now() - start).toBeLessThan(10_000);
    }
    server.resume();
    await server.stop();
  });

  // C1, D2: crashes while everybody writes.
  it('and starts again under load loses no acknowledged write and revives nothing, with appendfsync always', async () => {
    const server = await OwnRedis.start({ appendonly: 'yes', appendfsync: 'always' });
    const loads: Load[] = [];
    for (const kind of connectionKinds) loads.push(startLoad(createBench(await join(kind.connect(server.url)))));
    for (let crash = 0; crash < 3; crash++) {
      for (const load of loads) await load.progress(5);
      await server.kill();
      await server.launch();
    }
    for (const load of loads) await load.progress(5);
    for (const load of loads) await load.stop();
    for (const load of loads) await load.check();
    await server.stop();
  });

  // C2: how long a call may take is the core's `storeTimeout`, or the client's own option, as here.
  it.each<[string, (url: string) => Promise<Connection>]>([
    [
      'ioredis',
      async (url) => {
        const client = new Redis(url, { commandTimeout: 1000 });
        await client.on('error', () => {}).ping();
        return { client, close: () => client.disconnect() };
      },
    ],
    [
      'node-redis',
      async (url) => {
        // It measures silence, not commands, and gives up for good unless told to connect again.
        const client = createClient({ url, socket: { socketTimeout: 1000, reconnectStrategy: () => 20 } });
        await client.on('error', () => {}).connect();
        return { client, close: () => client.destroy() };
      },
    ],
  ])('and hangs is an error with a timeout of %s, and no more than that', async (_, connect) => {
    const server = await OwnRedis.start();
    const { store, record } = createBench(await join(connect(server.url)));
    const kept = record();
    await store.create(kept);

    server.hang();
    expect((await refusal(() => store.touch(kept.id, kept.expiresAt + 1))).reply).toBeUndefined();
    expect((await refusal(() => store.read(kept.id))).reply).toBeUndefined();
    server.resume();

    expect(await poll(async () => store.read(kept.id))).toMatchObject({ id: kept.id, version: 1 });
    await server.stop();
  });

  describe('says so', () => {
    let server: OwnRedis;
    let connection: Connection;
    beforeAll(async () => {
      server = await OwnRedis.start();
      connection = await nodeRedis6.connect(server.url);
    });
    afterAll(async () => {
      connection.close();
      await server.stop();
    });

    it('when its memory is full, and still touches and destroys', async () => {
      const { store, record } = createBench(connection);
      const kept = record({ subject: 'ann', body: 'x'.repeat(100) });
      await store.create(kept);
      await server.send('CONFIG', 'SET', 'maxmemory', '1');
      try {
        for (const subject of [{}, { subject: 'ann' }]) {
          const error = await refusal(() => store.create(record(subject)));
          expect(error.reply).toBe('OOM');
          expect(error.message).toMatch(/maxmemory/);
        }
        expect((await refusal(() => store.update({ ...kept, version: 2 }, 1))).reply).toBe('OOM');
        expect(await store.touch(kept.id, kept.expiresAt + 1)).toBe('touched');
        // Only one that must first write to the index is refused.
        expect((await refusal(() => store.touch(kept.id, kept.expiresAt + 3_600_000))).reply).toBe('OOM');
        expect(await store.read(kept.id)).toEqual({ ...kept, expiresAt: kept.expiresAt + 1 });
        await store.destroy(kept.id);
        expect(await store.read(kept.id)).toBeUndefined();
      } finally {
        await server.send('CONFIG', 'SET', 'maxmemory', '0');
      }
      expect(await store.list('ann')).toEqual([]);
    });

    it('when it is a replica', async () => {
      const { store, record } = createBench(connection);
      const kept = record();
      await store.create(kept);
      await server.send('REPLICAOF', '127.0.0.1', '1');
      try {
        const writes = [
          () => store.create(record()),
          () => store.update({ ...kept, version: 2 }, 1),
          () => store.touch(kept.id, kept.expiresAt + 1),
          () => store.destroy(kept.id),
        ];
        for (const write of writes) expect((await refusal(write)).reply).toBe('READONLY');
        expect((await refusal(() => store.create(record()))).message).toMatch(/Connect it to the master/);
        await server.send('CONFIG', 'SET', 'replica-serve-stale-data', 'no');
        expect((await refusal(() => store.read('id'))).reply).toBe('MASTERDOWN');
      } finally {
        await server.send('REPLICAOF', 'NO', 'ONE');
      }
    });

    it('when it has too few replicas', async () => {
      const { store, record } = createBench(connection);
      await server.send('CONFIG', 'SET', 'min-replicas-to-write', '1');
      try {
        expect((await refusal(() => store.create(record()))).reply).toBe('NOREPLICAS');
      } finally {
        await server.send('CONFIG', 'SET', 'min-replicas-to-write', '0');
      }
    });

    it('when the user may not do what the store needs', async () => {
      const { store, record } = createBench(connection);
      const kept = record();
      await store.create(kept);
      await server.send('ACL', 'SETUSER', 'guest', 'on', '>pw', '~other:*', '+@all');
      const guest = createClient({ url: `redis://guest:pw@127.0.0.1:${server.port}` });
      await guest.on('error', () => {}).connect();
      const refused = redisStore({ client: guest });
      expect((await refusal(() => refused.read('id'))).reply).toBe('NOPERM');
      const error = await refusal(() => refused.create(record({ body: 'canary' })));
      expect(error).toMatchObject({ reply: 'NOPERM' });
      expect(error.message).not.toContain('canary');
      guest.destroy();
    });

    it('only then: the commands that the README names are all it needs', async () => {
      const commands = 'get set getrange setrange pexpire del zadd zrem zrange zrevrange zremrangebyscore eval evalsha';
      const forTheClient = ['+hello', '+client', '+ping'];
      const allowed = [...commands.split(' ').map((command) => `+${command}`), ...forTheClient];
      await server.send('ACL', 'SETUSER', 'app', 'on', '>pw', '~sess-test:*', '-@all', ...allowed);
      await server.send('SCRIPT', 'FLUSH');
      const app = await nodeRedis6.connect(`redis://app:pw@127.0.0.1:${server.port}`);
      connections.push(app);
      const { store, record } = createBench(app);
      const kept = record({ subject: 'ann' });
      await store.create(kept);
      await store.update({ ...kept, version: 2, subject: 'bob' }, 1);
      await store.touch(kept.id, kept.expiresAt + 3_600_000);
      expect(await store.list('bob')).toHaveLength(1);
      await store.destroy(kept.id);
      expect(await store.read(kept.id)).toBeUndefined();
    });

    it('when a client that was never connected is used', async () => {
      const { store } = createBench({ client: createClient({ url: server.url }), close() {} });
      expect((await refusal(() => store.read('id'))).message).toMatch(/has been connected/);
    });
  });

  it('of a cluster says so to a client that knows no cluster', async () => {
    const server = await OwnRedis.start({ 'cluster-enabled': 'yes', 'cluster-port': String(await findFreePort()) });
    const { store } = createBench(await join(nodeRedis6.connect(server.url)));
    expect((await refusal(() => store.read('id'))).reply).toBe('CLUSTERDOWN');
    await server.stop();
  });
});
