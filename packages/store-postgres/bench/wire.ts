/// <reference path="./peers.d.ts" />
// Round trips, statements and bytes a call, beside connect-pg-simple:  npx tsx packages/store-postgres/bench/wire.ts
import { randomUUID } from 'node:crypto';
import { startPostgresServer } from '@sess/test-support';
import connectPgSimple from 'connect-pg-simple';
import session from 'express-session';
import pg from 'pg';
import postgres from 'postgres';
import { type PostgresTraffic, PostgresWireProxy } from '../../../test-support/postgres-wire-proxy.js';
import { postgresStore } from '../src/index.js';

/** What a session library does to its store in one request. */
type Deeds = Readonly<Record<string, () => unknown>>;

const own = process.env.POSTGRES_URL === undefined ? await startPostgresServer() : undefined;
const proxy = await PostgresWireProxy.start(own?.url ?? String(process.env.POSTGRES_URL));
const schema = `sess_bench_${randomUUID()}`;
const pool = new pg.Pool({ connectionString: proxy.url, max: 1 });
const sql = postgres(proxy.url, { max: 1, fetch_types: false });
const body = JSON.stringify({ cart: 'x'.repeat(180) });

await postgresStore({ pool, schema }).migrate();
await count('store-postgres, pg', sessDeeds(postgresStore({ pool, schema })));
await count('store-postgres, pg, prepare: true', sessDeeds(postgresStore({ pool, schema, prepare: true })));
await count('store-postgres, postgres.js', sessDeeds(postgresStore({ sql, schema })));
await count('connect-pg-simple', await peerDeeds());

await pool.query(`DROP SCHEMA "${schema}" CASCADE`);
await Promise.all([pool.end(), sql.end()]);
await proxy.stop();
await own?.stop();

function sessDeeds(store: ReturnType<typeof postgresStore>): Deeds {
  const record = { id: randomUUID(), version: 1, expiresAt: Date.now() + 3_600_000, subject: 'ann', body };
  return {
    create: () => store.create(record),
    read: () => store.read(record.id),
    write: () => store.update({ ...record, version: 2 }, 1),
    conflict: () => store.update({ ...record, version: 2 }, 1),
    touch: () => store.touch(record.id, record.expiresAt + 1),
    login: () => store.update({ ...record, version: 3 }, 2),
    destroy: () => store.destroy(record.id),
  };
}

async function peerDeeds(): Promise<Deeds> {
  await pool.query(
    `CREATE TABLE "${schema}".peer (sid varchar PRIMARY KEY, sess json NOT NULL, expire timestamp(6) NOT NULL)`,
  );
  const store = new (connectPgSimple(session))({
    pool,
    schemaName: schema,
    tableName: 'peer',
    pruneSessionInterval: false,
  });
  const sid = randomUUID();
  const cookie = { originalMaxAge: 3_600_000, expires: new Date(Date.now() + 3_600_000) };
  const data = { cookie, ...JSON.parse(body) };
  const call = (deed: (done: (error?: unknown) => void) => void) => () =>
    new Promise<void>((resolve, reject) => deed((error) => (error ? reject(error) : resolve())));
  const set = call((done) => store.set(sid, data, done));
  const destroy = call((done) => store.destroy(sid, done));
  return {
    create: set,
    read: call((done) => store.get(sid, done)),
    write: set,
    touch: call((done) => store.touch(sid, data, done)),
    // What passport does at a login: regenerate (destroy and write anew).
    login: async () => {
      await destroy();
      await set();
    },
    destroy,
  };
}

async function count(name: string, deeds: Deeds): Promise<void> {
  // Once to connect and, where statements are prepared, to prepare them.
  for (const deed of Object.values(deeds)) await deed();
  const rows: Record<string, PostgresTraffic> = {};
  for (const [deed, run] of Object.entries(deeds)) rows[deed] = await proxy.count(run);
  console.log(name);
  console.table(rows, ['roundTrips', 'messages', 'bytes']);
}
