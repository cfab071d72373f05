import { describeWithService, sendRedis } from '@sess/test-support';
import { describe, expect, it } from 'vitest';
import { redisStore } from '../src/index.js';
import { ioredis6 } from './connections.js';
import { gate } from './gated-client.js';
import { useBench } from './stores.js';

describeWithService('Redis', 'the subject index', (redis) => {
  const bench = useBench(ioredis6, () => redis().url);
  const members = async (prefix: string, subject: string) =>
    (await sendRedis(redis().url, ['ZRANGE', `${prefix}u:${subject}`, '0', '-1'])) as string[];

  it('follows a record from subject to subject', async () => {
    const { store, record } = bench();
    const first = record();
    await store.create(first);
    const hers = { ...first, version: 2, subject: 'ann' };
    await store.update(hers, 1);
    expect(await store.list('ann')).toEqual([hers]);

    const his = { ...first, version: 3, subject: 'bob' };
    await store.update(his, 2);
    expect(await store.list('ann')).toEqual([]);
    expect(await store.list('bob')).toEqual([his]);

    await store.update({ ...first, version: 4 }, 3);
    expect(await store.list('bob')).toEqual([]);

    await store.update({ ...hers, version: 5 }, 4);
    expect(await store.list('ann')).toEqual([{ ...hers, version: 5 }]);
  });

  it('still has a session that has been touched for long, and only a few entries for it', async () => {
    const { store, record, clock, prefix } = bench();
    const { id } = record();
    await store.create(record({ id, subject: 'ann' }));
    for (let i = 0; i < 1_000; i++) {
      clock.advance(30_000);
      expect(await store.touch(id, clock.now() + 60_000)).toBe('touched');
    }
    // One entry a minute, each kept for two minutes and the five of the clock skew.
    expect((await members(prefix, 'ann')).length).toBeLessThan(12);
    expect(await store.list('ann')).toMatchObject([{ id, expiresAt: clock.now() + 60_000 }]);
  });

  it('still has a session that has only ever been updated', async () => {
    const { store, record, clock } = bench();
    const { id } = record();
    await store.create(record({ id, subject: 'ann' }));
    for (let version = 2; version < 100; version++) {
      clock.advance(30_000);
      await store.update(record({ id, version, subject: 'ann' }), version - 1);
    }
    expect(await store.list('ann')).toMatchObject([{ id, version: 99 }]);
  });

  it('lets go of sessions that were destroyed or ran out', async () => {
    const { store, record, clock, prefix } = bench();
    for (let i = 0; i < 100; i++) {
      const kept = record({ subject: 'ann' });
      await store.create(kept);
      if (i % 2 === 0) await store.destroy(kept.id);
    }
    expect(await members(prefix, 'ann')).toHaveLength(50);
    clock.advance(60_000 * 2 + 300_000);
    expect(await store.list('ann')).toEqual([]);
    expect(await members(prefix, 'ann')).toEqual([]);
  });

  describe('loses no live session', () => {
    // HOSTILE, index drift: each of these is a crash or a stall between the two steps.
    it('when a list finds the entry of a create that is still on its way', async () => {
      const { store, record, clock, prefix } = bench();
      const { client, hold } = gate(bench().client);
      const slow = redisStore({ client, prefix, clock });
      const kept = record({ subject: 'ann' });

      const { reached, release } = hold(`${prefix}s:`);
      const created = slow.create(kept);
      await reached;
      expect(await store.list('ann')).toEqual([]);
      release();

      expect(await created).toBe('created');
      expect(await store.list('ann')).toEqual([kept]);
    });

    it('when a destroy removes its entry after the id has been created again', async () => {
      const { store, record, clock, prefix } = bench();
      const { client, hold } = gate(bench().client);
      const slow = redisStore({ client, prefix, clock });
      const kept = record({ subject: 'ann' });
      await store.create(kept);

      const { reached, release } = hold(`${prefix}u:`);
      const destroyed = slow.destroy(kept.id);
      await reached;
      await store.create(kept);
      release();
      await destroyed;

      expect(await store.list('ann')).toEqual([kept]);
    });

    it('when a touch is overtaken by a change of subject', async () => {
      const { store, record, clock, prefix } = bench();
      const { client, hold } = gate(bench().client);
      const slow = redisStore({ client, prefix, clock });
      const kept = record({ subject: 'ann' });
      await store.create(kept);
      const later = clock.now() + 3_600_000;

      // The touch outlives what the index of ann knows, so it writes there first, and is held at that.
      const { reached, release } = hold(`${prefix}u:ann`);
      const touched = slow.touch(kept.id, later);
      await reached;
      await store.update({ ...kept, version: 2, subject: 'bob' }, 1);
      release();
      expect(await touched).toBe('touched');

      clock.advance(3_000_000);
      expect(await store.list('bob')).toMatchObject([{ id: kept.id, expiresAt: later }]);
    });

    it('when a login is overtaken by a touch that goes further', async () => {
      const { store, record, clock, prefix } = bench();
      const { client, hold } = gate(bench().client);
      const slow = redisStore({ client, prefix, clock });
      const kept = record();
      await store.create(kept);

      const { reached, release } = hold(`${prefix}s:`, 2);
      const updated = slow.update({ ...kept, version: 2, subject: 'ann' }, 1);
      await reached;
      await store.touch(kept.id, clock.now() + 3_600_000);
      release();
      expect(await updated).toEqual({ outcome: 'updated' });

      clock.advance(3_000_000);
      expect(await store.list('ann')).toHaveLength(1);
    });

    it('when a process dies between entry and record', async () => {
      const { store, record, clock, prefix } = bench();
      const { client, hold } = gate(bench().client);
      const dying = redisStore({ client, prefix, clock });
      const kept = record();
      await store.create(kept);

      const { reached } = hold(`${prefix}s:`, 2);
      void dying.update({ ...kept, version: 2, subject: 'ann' }, 1);
      await reached;

      expect(await store.list('ann')).toEqual([]);
      expect(await store.read(kept.id)).toEqual(kept);
      await store.update({ ...kept, version: 2, subject: 'ann' }, 1);
      expect(await store.list('ann')).toHaveLength(1);
    });
  });

  // The kit's bursts end before the next begins; here one call spans two others that follow each other.
  it.each([1, 2])('is never listed as it was at no time at all (look %i)', async (look) => {
    const { store, record, clock, prefix } = bench();
    const { client, hold } = gate(bench().client);
    const slow = redisStore({ client, prefix, clock });
    const [first, second] = [record({ subject: 'ann' }), record({ subject: 'ann' })];
    await store.create(first);

    const { reached, release } = hold(`${prefix}s:${first.id}`, look);
    const listed = slow.list('ann');
    await reached;
    await store.create(second);
    await store.destroy(first.id);
    release();

    // Before, between or after: but never none.
    expect([[first], [first, second], [second]]).toContainEqual(await listed);
  });

  it('destroys the session even when its entry cannot be removed', async () => {
    const { store, record, prefix } = bench();
    const kept = record({ subject: 'ann' });
    await store.create(kept);
    await sendRedis(redis().url, ['SET', `${prefix}u:ann`, 'not an index']);
    await store.destroy(kept.id);
    expect(await store.read(kept.id)).toBeUndefined();
  });
});
