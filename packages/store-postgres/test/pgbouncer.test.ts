import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithProgram, findFreePort } from '@sess/test-support';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBinary } from '../../../test-support/find-binary.js';
import { startServerProcess } from '../../../test-support/server-process.js';
import { noteSkip } from '../../../test-support/skips.js';
import { type ConnectionKind, pgPool, postgresJs } from './connections.js';
import { OwnPostgres } from './own-postgres.js';
import { createBench } from './stores.js';

const pgbouncer = findBinary(['pgbouncer'], ['/usr/sbin']);
const remedy = 'pgbouncer not found; apt-get install pgbouncer';
if (pgbouncer === undefined) {
  if (process.env.SESS_REQUIRE_SERVICES) throw new Error(`SESS_REQUIRE_SERVICES is set, and ${remedy}`);
  noteSkip('PgBouncer', remedy);
}

interface Pgbouncer {
  readonly url: string;
  stop(): Promise<void>;
}

/** PgBouncer in transaction mode on two connections to the server, fewer than its clients have, so that they must share. */
async function startPgbouncer(server: OwnPostgres): Promise<Pgbouncer> {
  const folder = await mkdtemp(join(tmpdir(), 'sess-pgbouncer-'));
  const port = await findFreePort();
  const config = join(folder, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `* = host=127.0.0.1 port=${server.port} user=postgres`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    'default_pool_size = 2',
  ];
  await writeFile(config, lines.join('\n'));
  // It refuses to run as root, and reads its configuration as the user it runs as.
  await chmod(folder, 0o755);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const ping = async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    await client.connect();
    await client.end();
  };
  const identity = await server.identity();
  const command = pgbouncer ?? 'pgbouncer';
  const { stop } = await startServerProcess({ command, args: [config], identity, folder, stopSignal: 'QUIT', ping });
  return { url, stop };
}

describeWithProgram('PostgreSQL', 'behind PgBouncer in transaction mode', () => {
  describe.skipIf(pgbouncer === undefined)('with the driver', () => {
    let server: OwnPostgres;
    let bouncer: Pgbouncer;
    beforeAll(async () => {
      server = await OwnPostgres.start();
      bouncer = await startPgbouncer(server);
    });
    afterAll(async () => {
      await bouncer.stop();
      await server.stop();
    });

    const kinds: ConnectionKind[] = [pgPool(), postgresJs({ prepare: false })];
    it.each(kinds)('$name works, many at once', async (kind) => {
      const connection = await kind.connect(bouncer.url);
      const { store, record } = createBench(connection);
      await Promise.all([store.migrate(), store.migrate(), store.migrate()]);
      const answers = Array.from({ length: 40 }, async () => {
        const kept = record({ subject: 'ann' });
        expect(await store.create(kept)).toBe('created');
        expect(await store.update({ ...kept, version: 2 }, 1)).toEqual({ outcome: 'updated' });
        expect(await store.touch(kept.id, kept.expiresAt + 1)).toBe('touched');
        expect(await store.read(kept.id)).toEqual({ ...kept, version: 2, expiresAt: kept.expiresAt + 1 });
        await store.destroy(kept.id);
      });
      await Promise.all(answers);
      expect(await store.list('ann')).toEqual([]);
      await connection.close();
    });

    it('named statements fail, with what to do in the message', async () => {
      const plain = await pgPool().connect(bouncer.url);
      const { store: migrating, join, record } = createBench(plain);
      await migrating.migrate();
      await plain.close();
      const connection = await pgPool({}, true).connect(bouncer.url);
      const store = join(connection);
      const errors: string[] = [];
      for (let round = 0; round < 10; round++) {
        const calls = Array.from({ length: 8 }, async () => store.create(record()));
        for (const result of await Promise.allSettled(calls)) {
          if (result.status === 'rejected') errors.push(String(result.reason));
        }
      }
      await connection.close();
      expect(errors.some((message) => message.includes('leave out `prepare`'))).toBe(true);
    });
  });
});
