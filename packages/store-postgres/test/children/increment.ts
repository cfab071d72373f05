// Adds 1 to a session's counter as often as told, by read and compare-and-set, and prints how many conflicts it met.
import pg from 'pg';
import { postgresStore } from '../../src/index.js';

const [url, schema, id, times] = process.argv.slice(2) as [string, string, string, string];
const pool = new pg.Pool({ connectionString: url, max: 4 });
const store = postgresStore({ pool, schema });
let conflicts = 0;

async function increment(): Promise<void> {
  let record = await store.read(id);
  while (record !== undefined) {
    const body = String(Number(record.body) + 1);
    const result = await store.update({ ...record, version: record.version + 1, body }, record.version);
    if (result.outcome === 'updated') return;
    conflicts += 1;
    record = result.outcome === 'conflict' ? result.current : undefined;
  }
  throw new Error('the session is gone');
}

async function incrementInTurn(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await increment();
}

const lanes = 2;
await Promise.all(Array.from({ length: lanes }, () => incrementInTurn(Number(times) / lanes)));
await pool.end();
console.log(conflicts);
