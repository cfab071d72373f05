import {
  describeWithProgram,
  describeWithService,
  findFreePort,
  type RedisServer,
  sendRedis,
  startRedisServer,
} from '@sess/test-support';
import { Redis } from 'ioredis';
import { createClient, createClientPool, RESP_TYPES } from 'redis';
import { createClientPool as createClientPool5 } from 'redis5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedisClient } from '../src/index.js';
import { type Connection, connectionKinds } from './connections.js';
import { createBench, removeKeys, useBench } from './stores.js';

// What the conformance kit cannot see: what the store leaves on the server, and its results through each client.
describeWithService('Redis', 'redisStore', (redis) => {
  describe.each(connectionKinds)('with $name', (kind) => {
    const bench = useBench(kind, () => redis().url);
    const send = (...command: string[]) => sendRedis(redis().url, command);
    const pttl = async (key: string) => Number(await send('PTTL', key));

    it('gives every answer of the contract', async () => {
      const { store, record } = bench();
      const first = record({ subject: 'ann' });
      const second = { ...first, version: 2, body: '{"a":2}' };

      expect(await store.create(first)).toBe('created');
      expect(await store.create(first)).toBe('exists');
      expect(await store.read(first.id)).toEqual(first);
      expect(await store.update(second, 1)).toEqual({ outcome: 'updated' });
      expect(await store.update(second, 1)).toEqual({ outcome: 'conflict', current: second });
      expect(await store.touch(first.id, first.expiresAt + 1)).toBe('touched');
      expect(await store.list('ann')).toEqual([{ ...second, expiresAt: first.expiresAt + 1 }]);
      expect(await store.destroy(first.id)).toBeUndefined();
      expect(await store.read(first.id)).toBeUndefined();
      expect(await store.update(second, 2)).toEqual({ outcome: 'gone' });
      expect(await store.touch(first.id, first.expiresAt + 2)).toBe('gone');
      expect(await store.list('ann')).toEqual([]);
    });

    it.each([
      ['a hash tag', 'a{b}c'],
      ['an empty hash tag', '{}'],
      ['a hash tag the wrong way round', '}{'],
      ['a command', 'a b\r\n*1\r\n$4\r\nPING\r\n'],
      ['NUL', '\0'],
      ['a prototype', '__proto__'],
      ['an encoded line feed', '%000a'],
      ['a line feed', '\n'],
      ['half a surrogate pair', '\ud800'],
      ['two halves the wrong way round', '\udc00\ud800'],
      ['characters beyond ASCII', 'ü😀'],
      ['nothing', ''],
      ['a path', '../x'],
      ['a megabyte', 'x'.repeat(1_000_000)],
    ])('keeps an id and a subject of %s apart from all others', async (_, name) => {
      const { store, record } = bench();
      const kept = record({ id: name, subject: name, body: 'ü😀\0\r\n' });
      await store.create(kept);
      await store.create(record({ id: `${name}?`, subject: `${name}?` }));
      expect(await store.read(name)).toEqual(kept);
      expect(await store.list(name)).toEqual([kept]);
      await store.destroy(name);
      expect(await store.list(name)).toEqual([]);
    });

    it('never lets Redis drop a key before its record has expired, nor keep it for good', async () => {
      const { store, record, clock, prefix } = bench();
      const kept = record({ subject: 'ann' });
      const keys = [`${prefix}s:${kept.id}`, `${prefix}u:ann`] as const;
      const expectLife = async (key: string, least: number, most: number) => {
        const life = await pttl(key);
        expect(life).toBeGreaterThan(least + 300_000 - 10_000);
        expect(life).toBeLessThanOrEqual(most + 300_000);
      };

      await store.create(kept);
      await expectLife(keys[0], 60_000, 60_000);
      await expectLife(keys[1], 60_000, 120_000);

      clock.advance(30_000);
      await store.update({ ...kept, version: 2, expiresAt: clock.now() + 10_000 }, 1);
      await expectLife(keys[0], 30_000, 30_000);

      await store.touch(kept.id, clock.now() + 3_600_000);
      await expectLife(keys[0], 3_600_000, 3_600_000);
      await expectLife(keys[1], 3_600_000, 7_200_000);

      await store.destroy(kept.id);
      expect(await pttl(keys[0])).toBeLessThanOrEqual(60_000);
      expect(await pttl(keys[0])).toBeGreaterThan(0);
      expect(await pttl(keys[1])).toBeGreaterThan(0);
    });

    it('takes a value that is not its own for an unreadable session, and leaves it', async () => {
      const { store, record, prefix } = bench();
      await send('SET', `${prefix}s:text`, '{"cookie":{}}');
      await send('RPUSH', `${prefix}s:list`, 'a');
      // What a later version of the store may write: this one cannot know what its fields mean.
      const later = `s2:${'9'.repeat(32)}markmark${'1'.padStart(16, '0')}${'-'.repeat(32)}\n{}`;
      await send('SET', `${prefix}s:later`, later);
      for (const [id, body] of [
        ['text', '{"cookie":{}}'],
        ['list', ''],
        ['later', later],
      ] as const) {
        expect(await store.read(id)).toMatchObject({ id, body });
        expect(await store.create(record({ id }))).toBe('exists');
        await Promise.resolve(store.update(record({ id, version: 2 }), 1)).catch(() => {});
        await Promise.resolve(store.touch(id, Number.MAX_SAFE_INTEGER)).catch(() => {});
        expect(await store.read(id)).toMatchObject({ id, body });
        await store.destroy(id);
        expect(await store.read(id)).toBeUndefined();
      }
    });

    it('replaces a record that has expired but is still there', async () => {
      const { store, record, clock } = bench();
      const old = record({ subject: 'ann' });
      await store.create(old);
      clock.advance(60_000);
      expect(await store.create(record({ id: old.id, body: 'new' }))).toBe('created');
      expect(await store.read(old.id)).toMatchObject({ body: 'new' });
      expect(await store.list('ann')).toEqual([]);
    });

    it('keeps times up to the last safe integer', async () => {
      const { store, record } = bench();
      const kept = record({ expiresAt: Number.MAX_SAFE_INTEGER, subject: 'ann', version: Number.MAX_SAFE_INTEGER });
      await store.create(kept);
      expect(await store.update({ ...kept, version: 5 }, kept.version)).toEqual({ outcome: 'updated' });
      expect(await store.list('ann')).toEqual([{ ...kept, version: 5 }]);
    });

    // E1, E4: equal means expired, for every method.
    it('ends a record at the very instant it expires', async () => {
      const { store, record, clock } = bench();
      const kept = record({ subject: 'ann' });
      await store.create(kept);
      clock.advance(59_999);
      expect(await store.touch(kept.id, kept.expiresAt)).toBe('touched');
      expect(await store.update({ ...kept, version: 2 }, 1)).toEqual({ outcome: 'updated' });
      expect(await store.list('ann')).toHaveLength(1);
      clock.advance(1);
      expect(await store.read(kept.id)).toBeUndefined();
      expect(await store.touch(kept.id, kept.expiresAt + 1)).toBe('gone');
      expect(await store.update({ ...kept, version: 3 }, 2)).toEqual({ outcome: 'gone' });
      expect(await store.list('ann')).toEqual([]);
    });

    it('never moves an expiry back', async () => {
      const { store, record } = bench();
      const kept = record();
      await store.create(kept);
      expect(await store.update({ ...kept, version: 2, expiresAt: kept.expiresAt - 1 }, 1)).toEqual({
        outcome: 'updated',
      });
      expect(await store.touch(kept.id, kept.expiresAt - 1)).toBe('touched');
      expect(await store.read(kept.id)).toEqual({ ...kept, version: 2 });
    });

    it('knows a record that arrives expired as created and gone', async () => {
      const { store, record, clock } = bench();
      const kept = record();
      await store.create(kept);
      expect(await store.create({ ...kept, expiresAt: clock.now() })).toBe('exists');
      expect(await store.create(record({ id: 'late', expiresAt: clock.now() }))).toBe('created');
      expect(await store.read('late')).toBeUndefined();
    });
  });

  describe('takes a client as it is set up:', () => {
    it.each<[string, (url: string) => Promise<Connection>]>([
      ['ioredis with keyPrefix', (url) => opened(new Redis(url, { lazyConnect: true, keyPrefix: 'sess-test:app:' }))],
      ['ioredis with stringNumbers', (url) => opened(new Redis(url, { lazyConnect: true, stringNumbers: true }))],
      [
        'ioredis with enableAutoPipelining',
        (url) => opened(new Redis(url, { lazyConnect: true, enableAutoPipelining: true })),
      ],
      ['node-redis with RESP 2', (url) => opened(createClient({ url, RESP: 2 }))],
      ['node-redis with RESP 3', (url) => opened(createClient({ url, RESP: 3 }))],
      ['node-redis with keyPrefix', (url) => opened(createClient({ url, keyPrefix: 'sess-test:app:' }))],
      ['a pool of node-redis', (url) => opened(createClientPool({ url }))],
      [
        'node-redis with replies as buffers',
        async (url) => {
          const { client, close } = await opened(createClient({ url }));
          return { client: client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }), close };
        },
      ],
    ])('%s', async (_, connect) => {
      const connection = await connect(redis().url);
      const { store, record } = createBench(connection, 'sess-test:app-owned:');
      const kept = record({ subject: 'ann', body: 'ü😀' });
      expect(await store.create(kept)).toBe('created');
      expect(await store.update({ ...kept, version: 2 }, 2)).toEqual({ outcome: 'conflict', current: kept });
      expect(await store.update({ ...kept, version: 2 }, 1)).toEqual({ outcome: 'updated' });
      expect(await store.touch(kept.id, kept.expiresAt + 3_600_000)).toBe('touched');
      expect(await store.list('ann')).toMatchObject([{ id: kept.id, version: 2, body: 'ü😀' }]);
      await store.destroy(kept.id);
      expect(await store.list('ann')).toEqual([]);
      connection.close();
      await removeKeys(redis().url, ['sess-test:app']);
    });
  });
});

// D1: what such a pool reads may be a replica's. It tells how it is set up only once it has a connection, to a node of a cluster.
describeWithProgram('Redis', 'redisStore on a pool', () => {
  let server: RedisServer;
  let redis: RedisServer;
  beforeAll(async () => {
    // The cluster's own port would otherwise be one that an outgoing connection may have.
    server = await startRedisServer({ 'cluster-enabled': 'yes', 'cluster-port': String(await findFreePort()) });
    redis = await startRedisServer();
  });
  afterAll(() => Promise.all([server.stop(), redis.stop()]));

  it.each([
    ['node-redis 6', () => opened(createClientPool({ url: server.url, readonly: true }))],
    ['node-redis 5', () => opened(createClientPool5({ url: server.url, readonly: true }))],
  ])('of %s that is readonly: rejects every command', async (_, connect) => {
    const connection = await connect();
    const { store, record } = createBench(connection);
    const refusal = { code: 'ERR_SESS_CONFIG', message: expect.stringMatching(/the client has readonly, so/) };
    await expect(store.create(record())).rejects.toMatchObject(refusal);
    await expect(store.read('a')).rejects.toMatchObject(refusal);
    connection.close();
  });

  // A pool without a connection runs what has been queued for it by recursion, so one look has to do for all.
  it.each([
    ['node-redis 6', () => createClientPool({ url: redis.url }, { maximum: 1 })],
    ['node-redis 5', () => createClientPool5({ url: redis.url }, { maximum: 1 })],
  ])('of %s that has yet to connect: thousands of calls wait for it', async (_, create) => {
    const client = create().on('error', () => {});
    const connecting = client.connect();
    const { store } = createBench({ client, close: () => client.destroy() });
    const found = await Promise.all(Array.from({ length: 6000 }, (_each, at) => store.read(`k${at}`)));
    await connecting;
    expect(new Set(found)).toEqual(new Set([undefined]));
    client.destroy();
  });

  it('is not what a client with a command called execute is', async () => {
    const client = new Redis(redis.url);
    client.defineCommand('execute', { numberOfKeys: 0, lua: 'return 1' });
    const { store, record } = createBench({ client, close: () => client.disconnect() });
    expect(await store.create(record())).toBe('created');
    client.disconnect();
  });

  it('that is closed: rejects with an error of its own', async () => {
    const connection = await opened(createClientPool({ url: server.url }));
    connection.close();
    await expect(createBench(connection).store.read('a')).rejects.toMatchObject({ name: 'RedisStoreError' });
  });
});

async function opened<C extends RedisClient & Openable>(client: C): Promise<Connection & { readonly client: C }> {
  await client.on('error', () => {}).connect();
  return { client, close: () => (client.destroy ?? client.disconnect)?.call(client) };
}

interface Openable {
  on(event: 'error', listener: () => void): this;
  connect(): Promise<unknown>;
  destroy?(): void;
  disconnect?(): void;
}
