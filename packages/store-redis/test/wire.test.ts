import { describeWithService } from '@sess/test-support';
import { RedisStore as ConnectRedis } from 'connect-redis';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RedisWireProxy } from '../../../test-support/redis-wire-proxy.js';
import { type Connection, type ConnectionKind, connectionKinds } from './connections.js';
import { type Bench, createBench, newPrefix, removeKeys } from './stores.js';

/** The bench of each test, its store's client connected through a proxy that counts. */
function useProxiedBench(kind: ConnectionKind, url: () => string): () => { bench: Bench; proxy: RedisWireProxy } {
  let proxy: RedisWireProxy;
  let connection: Connection;
  let bench: Bench;
  const prefixes: string[] = [];
  beforeAll(async () => {
    proxy = await RedisWireProxy.start(url());
    connection = await kind.connect(proxy.url);
  });
  beforeEach(async () => {
    bench = createBench(connection);
    prefixes.push(bench.prefix);
    // Every script once, so that the server knows it.
    const { store, record } = bench;
    const first = record({ subject: 'first' });
    await store.create(first);
    await store.update({ ...first, version: 2 }, 1);
    await store.touch(first.id, first.expiresAt);
    await store.list('first');
    await store.destroy(first.id);
  });
  afterAll(async () => {
    connection.close();
    await proxy.stop();
    await removeKeys(url(), prefixes);
  });
  return () => ({ bench, proxy });
}

describeWithService('Redis', 'on the wire', (redis) => {
  describe.each(connectionKinds)('$name sends', (kind) => {
    const bench = useProxiedBench(kind, () => redis().url);
    const trips = async (work: (bench: Bench) => unknown) => {
      const counted = await bench().proxy.count(() => work(bench().bench));
      return [counted.roundTrips, counted.commands.join(' ')] as const;
    };

    it('one command for every call on a session that belongs to nobody', async () => {
      const kept = bench().bench.record();
      expect(await trips(({ store }) => store.create(kept))).toEqual([1, 'EVALSHA']);
      expect(await trips(({ store }) => store.read(kept.id))).toEqual([1, 'GET']);
      expect(await trips(({ store }) => store.update({ ...kept, version: 2 }, 1))).toEqual([1, 'EVALSHA']);
      expect(await trips(({ store }) => store.update({ ...kept, version: 2 }, 1))).toEqual([1, 'EVALSHA']);
      expect(await trips(({ store }) => store.touch(kept.id, kept.expiresAt + 9))).toEqual([1, 'EVALSHA']);
      expect(await trips(({ store }) => store.destroy(kept.id))).toEqual([1, 'EVALSHA']);
      expect(await trips(({ store }) => store.read(kept.id))).toEqual([1, 'GET']);
    });

    it('one for reads, updates and touches of a subject’s session, more where the index changes', async () => {
      const { record, clock } = bench().bench;
      const kept = record();
      const hers = { ...kept, version: 2, subject: 'ann' };
      await bench().bench.store.create(kept);

      const login = await trips(({ store }) => store.update(hers, 1));
      expect(login).toEqual([3, 'EVALSHA EVALSHA EVALSHA']);
      expect(await trips(({ store }) => store.read(kept.id))).toEqual([1, 'GET']);
      expect(await trips(({ store }) => store.update({ ...hers, version: 3 }, 2))).toEqual([1, 'EVALSHA']);
      expect(await trips(({ store }) => store.touch(kept.id, clock.now() + 119_000))).toEqual([1, 'EVALSHA']);
      const beyond = await trips(({ store }) => store.touch(kept.id, clock.now() + 121_000));
      expect(beyond).toEqual([3, 'EVALSHA EVALSHA EVALSHA']);
      expect(await trips(({ store }) => store.destroy(kept.id))).toEqual([2, 'EVALSHA EVALSHA']);
      expect(await trips(({ store }) => store.create(record({ subject: 'ann' })))).toEqual([2, 'EVALSHA EVALSHA']);
    });

    it('four round trips for a list, however long, and one for an empty one', async () => {
      const { store, record } = bench().bench;
      expect(await trips(() => store.list('ann'))).toEqual([1, 'EVALSHA']);
      for (let i = 0; i < 5; i++) await store.create(record({ subject: 'ann' }));
      const once = 'EVALSHA GET GET GET GET GET';
      expect(await trips(() => store.list('ann'))).toEqual([4, `${once} ${once}`]);
    });

    it('no body to touch a session', async () => {
      const { store, record } = bench().bench;
      const kept = record({ body: 'x'.repeat(10_000) });
      await store.create(kept);
      const { bytes } = await bench().proxy.count(() => store.touch(kept.id, kept.expiresAt + 1));
      expect(bytes).toBeLessThan(500);
    });
  });

  // The peer, for the table in the README: it too needs one command a call, but compares and checks nothing.
  it('connect-redis sends', async () => {
    const proxy = await RedisWireProxy.start(redis().url);
    const client = await createClient({ url: proxy.url }).connect();
    const prefix = newPrefix();
    const store = new ConnectRedis({ client, prefix });
    const session = { cookie: { originalMaxAge: 60_000 } } as Parameters<typeof store.set>[1];
    const commands = async (work: () => Promise<unknown>) => (await proxy.count(work)).commands.join(' ');
    expect(await commands(() => store.set('id', session))).toBe('SET');
    expect(await commands(() => store.get('id'))).toBe('GET');
    expect(await commands(() => store.touch('id', session))).toBe('EXPIRE');
    expect(await commands(() => store.destroy('id'))).toBe('DEL');
    client.destroy();
    await proxy.stop();
    await removeKeys(redis().url, [prefix]);
  });
});
