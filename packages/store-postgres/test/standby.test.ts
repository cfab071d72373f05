import { describeWithProgram, poll } from '@sess/test-support';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostgresStoreError } from '../src/index.js';
import { type Connection, type ConnectionKind, pgPool, postgresJs, serverKinds } from './connections.js';
import { Ledger } from './ledger.js';
import { OwnPostgres } from './own-postgres.js';
import { type Bench, createBench } from './stores.js';

// These tests crash a primary, so the servers are their own.
describeWithProgram('PostgreSQL', 'a standby', () => {
  let primary: OwnPostgres;
  let standby: OwnPostgres;
  const open = new Set<Connection>();
  const close = async () => {
    for (const connection of open) await connection.close().catch(() => {});
    open.clear();
  };
  const connect = async (kind: ConnectionKind, server: OwnPostgres) => {
    const connection = await kind.connect(server.url);
    open.add(connection);
    return connection;
  };
  const start = async () => {
    primary = await OwnPostgres.start();
    standby = await OwnPostgres.startStandby(primary);
  };
  const stop = async () => {
    await close();
    await standby.stop();
    await primary.stop();
  };

  describe('is read late, which is why the README says not to (D1), and refuses every write, with what to do,', () => {
    beforeAll(start);
    afterAll(stop);

    it.each(serverKinds)('through $name', async (kind) => {
      const { store, record, join } = createBench(await connect(kind, primary));
      const late = join(await connect(kind, standby));
      await store.migrate();
      const kept = record({ subject: 'ann' });
      await store.create(kept);
      await poll(async () => expect(await late.read(kept.id)).toEqual(kept));

      await standby.run('SELECT pg_wal_replay_pause()');
      await store.destroy(kept.id);
      expect(await late.read(kept.id)).toEqual(kept);
      for (const write of [
        () => late.create(record()),
        () => late.update({ ...kept, version: 2 }, 1),
        () => late.touch(kept.id, kept.expiresAt + 1),
        () => late.destroy(kept.id),
        () => late.sweep(1),
      ]) {
        const error = await Promise.resolve(write()).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(PostgresStoreError);
        expect(error).toMatchObject({ sqlState: '25006', message: expect.stringMatching(/connect to the primary/) });
      }
      await standby.run('SELECT pg_wal_replay_resume()');
    });
  });

  describe('that takes over', () => {
    beforeEach(start);
    // Each of these ends the primary.
    const takeOver = async () => {
      await primary.crash();
      await standby.run('SELECT pg_promote()');
    };
    const cutOff = async () => {
      await standby.run("ALTER SYSTEM SET primary_conninfo = ''");
      await standby.run('SELECT pg_reload_conf()');
      await poll(async () => expect(await standby.run('SELECT 1 FROM pg_stat_wal_receiver')).toEqual([]));
    };
    const benchOn = async (kind: ConnectionKind): Promise<Bench> => {
      const bench = createBench(await connect(kind, primary));
      await bench.store.migrate();
      return bench;
    };

    it('has all that was acknowledged, under load, if the primary waits for it (C1, D2)', async () => {
      await primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'");
      await primary.run('SELECT pg_reload_conf()');
      await poll(async () => {
        const rows = await primary.run('SELECT sync_state FROM pg_stat_replication');
        expect(rows).toEqual([{ sync_state: 'sync' }]);
      });
      const benches = await Promise.all([pgPool(), postgresJs()].map(benchOn));
      const ledgers = benches.map((bench) => new Ledger(bench));
      const loads = ledgers.map((ledger) => ledger.work(4));
      for (const ledger of ledgers) await ledger.untilDone(100);

      // The worst moment: the last writes are in the primary alone, and so must not be acknowledged.
      await cutOff();
      await poll(async () => {
        expect(await primary.run("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")).toHaveLength(8);
      });
      await takeOver();
      for (const ledger of ledgers) await ledger.untilFailed(4);
      for (const ledger of ledgers) ledger.stop();
      await Promise.all(loads);

      for (const [i, { join }] of benches.entries()) await ledgers[i]?.verify(join(await connect(pgPool(), standby)));
      await stop();
    });

    it('lacks what it had not received, a logout too, if the primary does not wait for it', async () => {
      const { store, record, join } = await benchOn(pgPool());
      const [ended, kept] = [record(), record()];
      await store.create(ended);
      const [row] = await primary.run('SELECT pg_current_wal_lsn() AS lsn');
      await poll(async () => {
        const caughtUp = `SELECT pg_last_wal_replay_lsn() >= '${row?.lsn}' AS is`;
        expect(await standby.run(caughtUp)).toEqual([{ is: true }]);
      });
      await cutOff();
      await store.destroy(ended.id);
      await store.create(kept);

      await takeOver();
      const promoted = join(await connect(pgPool(), standby));
      expect(await promoted.read(ended.id)).toEqual(ended);
      expect(await promoted.read(kept.id)).toBeUndefined();
      expect(await promoted.create(kept)).toBe('created');
      await stop();
    });
  });
});
