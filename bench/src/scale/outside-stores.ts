import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionStore } from '@sess/core';
import { fileStore } from '@sess/store-file';
import { postgresStore } from '@sess/store-postgres';
import { redisStore } from '@sess/store-redis';
import pg from 'pg';
import { createClient } from 'redis';

/** An empty store outside the process, opened to be filled and measured once. */
export interface OutsideStore {
  readonly store: SessionStore;
  /** Brings what has been filled into the state that it has in use. */
  readonly settle: () => Promise<unknown>;
  /** Bytes that the sessions take where they are kept. */
  readonly measureBytes: () => Promise<number>;
}

/** The kinds by their names; each is opened in a place, a folder that is not there yet or a server's URL. */
export const outsideStores = {
  file: openFile,
  Redis: openRedis,
  PostgreSQL: openPostgres,
} as const satisfies Readonly<Record<string, (place: string) => Promise<OutsideStore>>>;

export type OutsideStoreName = keyof typeof outsideStores;

async function openFile(directory: string): Promise<OutsideStore> {
  return { store: fileStore({ directory }), settle: async () => {}, measureBytes: () => measureFolder(directory) };
}

/** Whole blocks, as the disk gives them away, those of the folders themselves included. */
async function measureFolder(directory: string): Promise<number> {
  let blocks = (await lstat(directory)).blocks;
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    blocks += (await lstat(join(entry.parentPath, entry.name))).blocks;
  }
  return blocks * 512;
}

async function openRedis(url: string): Promise<OutsideStore> {
  const client = await createClient({ url }).connect();
  await client.flushAll();
  const store = redisStore({ client });
  // Loads the scripts, which belong to no session.
  await store.create({ id: 'first', version: 1, expiresAt: Date.now() + 60_000, body: '' });
  await store.destroy('first');
  const readUsed = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  const before = await readUsed();
  return { store, settle: async () => {}, measureBytes: async () => (await readUsed()) - before };
}

async function openPostgres(url: string): Promise<OutsideStore> {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  const table = 'sess_sessions';
  await pool.query(`DROP TABLE IF EXISTS ${table}`);
  const store = postgresStore({ pool, table });
  await store.migrate();
  return {
    store,
    settle: () => pool.query(`VACUUM ANALYZE ${table}`),
    async measureBytes() {
      const { rows } = await pool.query<{ bytes: string }>(`SELECT pg_total_relation_size('${table}') AS bytes`);
      return Number(rows[0]?.bytes);
    },
  };
}
