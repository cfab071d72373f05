import { PGlite } from '@electric-sql/pglite';
import type { SessionStore, SubjectIndex, Sweepable } from '@sess/core';
import pg from 'pg';
import postgres from 'postgres';
import { expectTypeOf, it } from 'vitest';
import { postgresStore } from './index.js';

it('takes every driver as it is', () => {
  const pool = new pg.Pool();
  const client = new pg.Client();
  const sql = postgres();
  expectTypeOf(postgresStore({ pool })).toExtend<SessionStore & SubjectIndex & Sweepable>();
  postgresStore({ pool, prepare: true, schema: 'app', table: 'sessions' });
  postgresStore({ client });
  postgresStore({ client, prepare: true });
  postgresStore({ sql });
  postgresStore({ sql, prepare: false });
  postgresStore({ sql: postgres({ transform: postgres.camel }) });
  postgresStore({ client: new PGlite() });
});

it('refuses what cannot work', () => {
  const pool = new pg.Pool();
  // @ts-expect-error no connection
  postgresStore({});
  // @ts-expect-error two connections
  postgresStore({ pool, client: new pg.Client() });
  // @ts-expect-error PGlite has no named statements
  postgresStore({ client: new PGlite(), prepare: true });
  // @ts-expect-error postgres.js is not a pool
  postgresStore({ pool: postgres() });
  // @ts-expect-error a pool is not postgres.js
  postgresStore({ sql: pool });
  // @ts-expect-error no such option
  postgresStore({ pool, tableName: 'sessions' });
});
