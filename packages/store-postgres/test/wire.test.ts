import { describeWithService } from '@sess/test-support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresWireProxy } from '../../../test-support/postgres-wire-proxy.js';
import { type Connection, type ConnectionKind, pgPool, postgresJs } from './connections.js';
import { type Bench, createBench, dropSchema } from './stores.js';

const one = { max: 1 };
const kinds: readonly (ConnectionKind & { readonly name: string })[] = [
  pgPool(one),
  pgPool(one, true),
  postgresJs(one),
];

describeWithService('PostgreSQL', 'on the wire', (server) => {
  describe.each(kinds)('with $name', (kind) => {
    let proxy: PostgresWireProxy;
    let connection: Connection;
    let bench: Bench;
    beforeAll(async () => {
      proxy = await PostgresWireProxy.start(server().url);
      connection = await kind.connect(proxy.url);
      bench = createBench(connection);
      await bench.store.migrate();
    });
    afterAll(async () => {
      await dropSchema(connection, bench.schema);
      await connection.close();
      await proxy.stop();
    });

    it('every call is one round trip, and a conflict two', async () => {
      const { store, record } = bench;
      const trips = async (work: () => unknown) => (await proxy.count(work)).roundTrips;
      const measure = async (id: string) => {
        const kept = record({ id, subject: id });
        return {
          create: await trips(() => store.create(kept)),
          read: await trips(() => store.read(id)),
          update: await trips(() => store.update({ ...kept, version: 2 }, 1)),
          conflict: await trips(() => store.update({ ...kept, version: 2 }, 1)),
          touch: await trips(() => store.touch(id, kept.expiresAt + 1)),
          list: await trips(() => store.list(id)),
          destroy: await trips(() => store.destroy(id)),
          sweep: await trips(() => store.sweep(10)),
        };
      };
      // The first time, a driver that prepares statements may ask the server about each.
      await measure('first');
      expect(await measure('second')).toEqual({
        create: 1,
        read: 1,
        update: 1,
        conflict: 2,
        touch: 1,
        list: 1,
        destroy: 1,
        sweep: 1,
      });
    });

    it('a read and a touch carry no more than they must', async () => {
      const { store, record } = bench;
      const kept = record({ body: 'x'.repeat(4_000) });
      await store.create(kept);
      for (let i = 0; i < 2; i++) await store.touch(kept.id, kept.expiresAt);
      // Execute and sync; where nothing is prepared the statement is parsed, and so sent, each time.
      const { messages, bytes } = await proxy.count(() => store.touch(kept.id, kept.expiresAt + 1));
      expect(messages).toMatch(/^P?B?D?ES$|^PBDES$|^BES$/);
      expect(bytes).toBeLessThan(kind.name === 'pg.Pool' ? 700 : 250);
    });

    it('one statement is one transaction, with no BEGIN and no setting of the connection', async () => {
      const { store, record } = bench;
      const kept = record();
      await store.create(kept);
      const { messages } = await proxy.count(async () => {
        await store.read(kept.id);
        await store.update({ ...kept, version: 2 }, 1);
        await store.destroy(kept.id);
      });
      expect(messages).not.toContain('Q');
      expect(messages.match(/E/g)).toHaveLength(3);
    });
  });
});
