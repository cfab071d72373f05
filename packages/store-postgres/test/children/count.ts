// One application process.
import pg from 'pg';
import { joinCounterRace } from '../../../../test-support/counter-race.js';
import { postgresStore } from '../../src/index.js';

const [url, schema] = process.argv.slice(2) as [string, string];
const pool = new pg.Pool({ connectionString: url, max: 4 });
await joinCounterRace(postgresStore({ pool, schema }));
await pool.end();
