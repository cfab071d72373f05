// What each call costs at 10³ … 10⁶ sessions:  npx tsx packages/store-postgres/bench/scale.ts [rows …]
// A server of its own (POSTGRES_URL for another, in a schema of its own), one connection, one call at a time; medians.
import { randomUUID } from 'node:crypto';
import { manualClock } from '@sess/core';
import { startPostgresServer } from '@sess/test-support';
import pg from 'pg';
import { type PostgresStore, postgresStore } from '../src/index.js';

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 10_000, 100_000, 1_000_000];
const calls = 2_000;
const batch = 1_000;
const lifetime = 3_600_000;

// Memory for all sessions, and no whole pages in the log: those measure how long ago the last checkpoint was.
const settings = { shared_buffers: '1GB', max_wal_size: '4GB', full_page_writes: 'off' };
const own = process.env.POSTGRES_URL === undefined ? await startPostgresServer(settings) : undefined;
const pool = new pg.Pool({ connectionString: own?.url ?? process.env.POSTGRES_URL, max: 1 });
const schema = `sess_bench_${randomUUID()}`;
const table = `"${schema}".sess_sessions`;
const clock = manualClock();
const store = postgresStore({ pool, schema, clock, prepare: true });

/** One row of the result: microseconds a call, bytes a session. */
interface Figures {
  readonly sessions: number;
  readonly 'read µs': number;
  readonly 'update µs': number;
  readonly 'touch µs': number;
  readonly 'list µs': number;
  readonly 'sweep µs a row': number;
  readonly 'B a session': number;
  readonly 'WAL B a touch': number;
}

await store.migrate();
const results: Figures[] = [];
for (const size of sizes) results.push(await measure(size));
console.table(results);
await pool.query(`DROP SCHEMA "${schema}" CASCADE`);
await pool.end();
await own?.stop();

async function measure(size: number): Promise<Figures> {
  await fill(size);
  const bytes = Number(await ask(`SELECT pg_total_relation_size('${table}')`)) / size;
  const id = (): string => `id${Math.floor(Math.random() * size)}`;
  const body = 'y'.repeat(200);
  const now = clock.now();
  const read = await time(() => store.read(id()));
  const update = await time(() =>
    store.update({ id: id(), version: 1, expiresAt: now + 2 * lifetime, subject: 'ann', body }, 1),
  );
  let later = now + 2 * lifetime;
  const before = await ask('SELECT pg_current_wal_insert_lsn()');
  const touch = await time(() => store.touch(id(), ++later));
  const wal = Number(await ask(`SELECT pg_current_wal_insert_lsn() - '${before}'::pg_lsn`)) / calls;
  const list = await time(() => store.list(`user${Math.floor((Math.random() * size) / 4)}`));
  await fill(size);
  const sweep = await timeSweep(store);
  return {
    sessions: size,
    'read µs': read,
    'update µs': update,
    'touch µs': touch,
    'list µs': list,
    'sweep µs a row': sweep,
    'B a session': Math.round(bytes),
    'WAL B a touch': Math.round(wal),
  };
}

/** Sessions of 200 bytes, four to a subject, which expire over an hour in no order. */
async function fill(size: number): Promise<void> {
  await pool.query(`TRUNCATE ${table}`);
  const first = (clock.now() + lifetime) / 1_000;
  await pool.query(
    `INSERT INTO ${table} SELECT 'id' || i, 1, to_timestamp(${first} + random() * 3600), 'user' || i / 4, repeat(md5(i::text), 6) || 'abcdefgh'
     FROM generate_series(0, ${size - 1}) AS i`,
  );
  await pool.query(`VACUUM ANALYZE ${table}`);
}

/** The median of a call in microseconds. */
async function time(call: () => PromiseLike<unknown> | unknown): Promise<number> {
  const samples: number[] = [];
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    await call();
    samples.push((performance.now() - start) * 1_000);
  }
  samples.sort((a, b) => a - b);
  return Math.round(samples[Math.floor(calls / 2)] ?? Number.NaN);
}

/** Microseconds a removed row, in batches, when half the sessions have run out. */
async function timeSweep(swept: PostgresStore): Promise<number> {
  clock.advance(lifetime + lifetime / 2);
  let removed = 0;
  const start = performance.now();
  for (let count = batch; count > 0 && removed < 50 * batch; removed += count) count = await swept.sweep(batch);
  const spent = performance.now() - start;
  clock.advance(-lifetime - lifetime / 2);
  return Math.round((spent * 1_000) / removed);
}

async function ask(text: string): Promise<unknown> {
  const { rows } = await pool.query({ text, rowMode: 'array' });
  return rows[0]?.[0];
}
