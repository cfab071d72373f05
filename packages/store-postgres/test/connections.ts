import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import postgres from 'postgres';
import type { PostgresConnection } from '../src/index.js';

/** A connection as a test uses it: what the store gets, a way to run any SQL, and its end. */
export interface Connection {
  readonly options: PostgresConnection;
  run(text: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** One way to connect. */
export interface ConnectionKind {
  readonly name: string;
  connect(url: string): Promise<Connection>;
}

/** How many connections a pool may have, of either driver. */
export const poolSize = 8;

/** pg's `Pool`; `config` is added to the url, `prepare` goes to the store. */
export function pgPool(config: pg.PoolConfig = {}, prepare?: boolean): ConnectionKind {
  return {
    name: `pg.Pool${prepare ? ', prepared' : ''}`,
    connect: async (url) => {
      const pool = new pg.Pool({ connectionString: url, max: poolSize, ...config });
      // A pool without a listener ends the process when an idle connection breaks.
      pool.on('error', () => {});
      return {
        options: { pool, ...(prepare !== undefined && { prepare }) },
        run: async (text) => (await pool.query(text)).rows,
        close: () => pool.end(),
      };
    },
  };
}

export const pgClient: ConnectionKind = {
  name: 'pg.Client',
  connect: async (url) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    return {
      options: { client },
      run: async (text) => (await client.query(text)).rows,
      close: () => client.end(),
    };
  },
};

/** postgres.js; `config` is added to the url. */
export function postgresJs(config: postgres.Options<Record<string, never>> = {}): ConnectionKind {
  return {
    name: 'postgres.js',
    connect: async (url) => {
      // Without `fetch_types: false` the driver asks for types on each new connection, and a connection cut off
      // meanwhile rejects a promise that nobody holds.
      const calm = { fetch_types: false, backoff: () => 0.05, onnotice: () => {} };
      const sql = postgres(url, { max: poolSize, ...calm, ...config });
      return {
        options: { sql },
        run: async (text) => [...(await sql.unsafe(text).simple())],
        close: () => sql.end({ timeout: 1 }),
      };
    },
  };
}

/** PGlite in memory: PostgreSQL in this process, which needs no server and no url. */
export const pglite: ConnectionKind = {
  name: 'PGlite',
  connect: async () => {
    const client = await createPglite();
    return {
      options: { client },
      run: async (text) => (await client.query<Record<string, unknown>>(text)).rows,
      close: () => client.close(),
    };
  },
};

/** The ways that need a server. */
export const serverKinds: readonly ConnectionKind[] = [pgPool(), pgPool({}, true), pgClient, postgresJs()];

/** An empty database. The first one of a run is kept for the others: to fill one anew takes five times as long. */
async function createPglite(): Promise<PGlite> {
  const template = join(process.env.SESS_RUN_TEMPLATES ?? '', 'pglite.tar');
  if (existsSync(template)) return PGlite.create({ loadDataDir: new Blob([await readFile(template)]) });
  const client = await PGlite.create();
  if (process.env.SESS_RUN_TEMPLATES !== undefined) {
    const draft = `${template}.${randomUUID()}`;
    await writeFile(draft, (await client.dumpDataDir('none')).stream());
    await rename(draft, template);
  }
  return client;
}
