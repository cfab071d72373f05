import { describeWithProgram } from '@sess/test-support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionKinds } from './connections.js';
import { OwnRedis } from './own-redis.js';
import { useBench } from './stores.js';

// These tests count and forget what belongs to a whole server, so it is theirs.
describeWithProgram('Redis', 'on the server', () => {
  let server: OwnRedis;
  beforeAll(async () => {
    server = await OwnRedis.start();
  });
  afterAll(() => server.stop());

  describe.each(connectionKinds)('$name', (kind) => {
    const bench = useBench(kind, () => server.url);

    it('learns its scripts anew when the server has forgotten them', async () => {
      const { store, record } = bench();
      const kept = record();
      await store.create(kept);
      await server.send('SCRIPT', 'FLUSH');
      expect(await store.touch(kept.id, kept.expiresAt + 1)).toBe('touched');
      await server.send('SCRIPT', 'FLUSH');
      expect(await store.update({ ...kept, version: 2 }, 1)).toEqual({ outcome: 'updated' });
    });

    it('writes nothing for a read, an unknown id or an empty touch', async () => {
      const { store, record } = bench();
      const kept = record({ subject: 'ann' });
      await store.create(kept);
      const changes = async () =>
        /rdb_changes_since_last_save:(\d+)/.exec(String(await server.send('INFO', 'persistence')))?.[1];
      const destroyed = record();
      await store.create(destroyed);
      await store.destroy(destroyed.id);
      const before = await changes();
      await store.read(kept.id);
      await store.read('unknown');
      await store.list('ann');
      await store.list('nobody');
      await store.destroy('unknown');
      await store.destroy(destroyed.id);
      await store.touch('unknown', kept.expiresAt);
      await store.touch(kept.id, kept.expiresAt);
      await store.update({ ...kept, id: 'unknown' }, 1);
      await store.update({ ...kept, version: 9 }, 8);
      expect(await changes()).toBe(before);
    });
  });
});
