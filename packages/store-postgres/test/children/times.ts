// Creates (or reads back) a session for each instant given, under this process's TZ and the session's time zone.
import { manualClock } from '@sess/core';
import pg from 'pg';
import { postgresStore } from '../../src/index.js';

const [url, schema, zone, mode, given] = process.argv.slice(2) as [string, string, string, string, string];
const pool = new pg.Pool({ connectionString: url, max: 1, options: `-c TimeZone=${zone}` });
const instants = JSON.parse(given) as number[];
const clock = manualClock(0);
const store = postgresStore({ pool, schema, clock });

/** The instants at which the store calls a record live: of the last ms before it expires, and the first after. */
async function checkExpiry(id: string, expiresAt: number): Promise<boolean[]> {
  const answers: boolean[] = [];
  for (const now of [expiresAt - 1, expiresAt]) {
    clock.advance(now - clock.now());
    answers.push((await store.touch(id, expiresAt)) === 'touched');
    answers.push((await store.list(id)).length === 1);
  }
  return answers;
}

const found: unknown[] = [];
for (const expiresAt of instants) {
  const id = String(expiresAt);
  if (mode === 'create') await store.create({ id, version: 1, expiresAt, subject: id, body: '' });
  else found.push([(await store.read(id))?.expiresAt, await checkExpiry(id, expiresAt)]);
  clock.advance(-clock.now());
}
const { rows } = await pool.query('SHOW TimeZone');
await pool.end();
console.log(JSON.stringify({ offset: new Date(0).getTimezoneOffset(), zone: rows[0].TimeZone, found }));
