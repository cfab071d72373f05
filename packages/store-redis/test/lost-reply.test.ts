import { describeWithService } from '@sess/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RedisWireProxy } from '../../../test-support/redis-wire-proxy.js';
import type { RedisStore } from '../src/index.js';
import { type Connection, connectionKinds, nodeRedis6 } from './connections.js';
import { type Bench, createBench, removeKeys } from './stores.js';

/*
 * A connection that breaks after the server has carried a command out and before its reply has come: some clients send
 * the command again once they are connected again, others give up. Neither may change what the first one did.
 */
describeWithService('Redis', 'a reply that is lost', (redis) => {
  describe.each(connectionKinds)('with $name', (kind) => {
    let proxy: RedisWireProxy;
    let broken: Connection;
    let sound: Connection;
    let bench: Bench;
    /** Another process, whose connection holds. */
    let other: RedisStore;

    beforeEach(async () => {
      proxy = await RedisWireProxy.start(redis().url);
      broken = await kind.connect(proxy.url);
      sound = await nodeRedis6.connect(redis().url);
      bench = createBench(broken);
      other = createBench(sound, bench.prefix, bench.clock).store;
      // Every script once, so that the server knows it.
      const first = bench.record();
      await other.create(first);
      await other.update({ ...first, version: 2 }, 1);
      await other.touch(first.id, first.expiresAt + 1);
      await other.destroy(first.id);
    });

    afterEach(async () => {
      broken.close();
      sound.close();
      await proxy.stop();
      await removeKeys(redis().url, [bench.prefix]);
    });

    /** Runs `call`, loses its reply, lets the other process act, and resolves to what `call` came to. */
    async function loseReply(call: () => unknown, meanwhile: () => unknown = () => {}): Promise<unknown> {
      const cut = proxy.cutAtReplyTo('EVALSHA');
      const answer = Promise.resolve(call()).catch((error: unknown) => error);
      await cut;
      await meanwhile();
      let settled: unknown;
      const { commands } = await proxy.count(async () => {
        proxy.reopen();
        settled = await answer;
      });
      expect(commands.includes('EVALSHA')).toBe(kind.resends);
      return settled;
    }

    const expected = (answer: unknown) =>
      kind.resends ? answer : expect.objectContaining({ name: 'RedisStoreError' });

    it('leaves the answer of a create', async () => {
      const kept = bench.record();
      expect(await loseReply(() => bench.store.create(kept))).toEqual(expected('created'));
      expect(await other.read(kept.id)).toMatchObject({ id: kept.id });
    });

    // D2, D5: the create that is sent again finds nothing and must not bring back what was destroyed.
    it('revives no session that was destroyed meanwhile', async () => {
      const kept = bench.record();
      const answer = await loseReply(
        () => bench.store.create(kept),
        () => other.destroy(kept.id),
      );
      expect(answer).toEqual(expected('created'));
      expect(await other.read(kept.id)).toBeUndefined();
      expect(await other.touch(kept.id, kept.expiresAt + 1)).toBe('gone');
    });

    it('leaves the answer of an update', async () => {
      const kept = bench.record();
      await other.create(kept);
      const second = { ...kept, version: 2, body: '{"mine":1}' };
      expect(await loseReply(() => bench.store.update(second, 1))).toEqual(expected({ outcome: 'updated' }));
      expect(await other.read(kept.id)).toEqual(second);
    });

    // L1: reported as a conflict, the update would be merged into its own outcome and count twice.
    it('leaves it when others have updated since', async () => {
      const kept = bench.record();
      await other.create(kept);
      const second = { ...kept, version: 2, body: '{"mine":1}' };
      const others = async () => {
        for (const version of [3, 4, 5])
          await other.update({ ...kept, version, body: `{"v":${version}}` }, version - 1);
      };
      expect(await loseReply(() => bench.store.update(second, 1), others)).toEqual(expected({ outcome: 'updated' }));
      expect(await other.read(kept.id)).toMatchObject({ version: 5, body: '{"v":5}' });
    });

    it('revives no session that an update met before its destroy', async () => {
      const kept = bench.record();
      await other.create(kept);
      const answer = await loseReply(
        () => bench.store.update({ ...kept, version: 2 }, 1),
        () => other.destroy(kept.id),
      );
      expect(answer).toEqual(expected({ outcome: 'gone' }));
      expect(await other.read(kept.id)).toBeUndefined();
    });

    it('leaves the answers of touch and destroy', async () => {
      const kept = bench.record();
      await other.create(kept);
      const later = kept.expiresAt + 9;
      expect(await loseReply(() => bench.store.touch(kept.id, later))).toEqual(expected('touched'));
      expect(await other.read(kept.id)).toMatchObject({ expiresAt: later });
      expect(await loseReply(() => bench.store.destroy(kept.id))).toEqual(expected(undefined));
      expect(await other.read(kept.id)).toBeUndefined();
    });
  });
});
