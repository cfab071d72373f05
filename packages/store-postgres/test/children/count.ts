// An application process: opens a session as often as told, all at once, adds 1 to its counter in each, and commits.
import { createSessions } from '@sess/core';
import pg from 'pg';
import { postgresStore } from '../../src/index.js';

const [url, schema, cookie, times] = process.argv.slice(2) as [string, string, string, string];
const pool = new pg.Pool({ connectionString: url, max: 4 });
const sessions = createSessions<{ n: number }>({
  store: postgresStore({ pool, schema }),
  merge: { n: 'counter' },
  storeTimeout: '60s',
});

const exchanges = await Promise.all(
  Array.from({ length: Number(times) }, async () => sessions.open({ cookie, https: true })),
);
for (const { session } of exchanges) session.n = (session.n ?? 0) + 1;
await Promise.all(exchanges.map(async (exchange) => exchange.commit()));
await pool.end();
