import { describeWithService } from '@sess/test-support';
import { describe, expect, it } from 'vitest';
import { runCounterRace } from '../../../test-support/counter-race.js';
import { postgresStore } from '../src/index.js';
import { runChild } from './children/run-child.js';
import { pgPool } from './connections.js';
import { createBench, dropSchema, newSchema, useBench } from './stores.js';

describeWithService('PostgreSQL', 'several processes on one store', (server) => {
  const bench = useBench(pgPool(), () => server().url);

  it('count one session up in 1,000 requests at once under the rule `counter`, exactly (L2)', async () => {
    const { connection, schema } = bench();
    const store = postgresStore({ ...connection.options, schema });
    const racer = { script: new URL('children/count.ts', import.meta.url), args: [server().url, schema] };
    expect(await runCounterRace(store, [racer, racer, racer, racer], 250)).toBe(1_000);
  });

  describe('in other time zones than the one the table was made in', () => {
    // Clocks go forward, clocks go back, a zone that had an odd offset, a leap day, the ends of what a number can say.
    const instants = [
      Date.UTC(2026, 2, 29, 1, 30, 0, 1),
      Date.UTC(2026, 9, 25, 1, 30, 0, 999),
      Date.UTC(2026, 10, 1, 6, 30, 0, 123),
      Date.UTC(2028, 1, 29, 23, 59, 59, 999),
      Date.UTC(2038, 0, 19, 3, 14, 8),
      Date.UTC(9999, 11, 31, 23, 59, 59, 999),
      Number.MAX_SAFE_INTEGER - 1,
    ];

    it('keep every expiry to the millisecond', async () => {
      const schema = newSchema();
      // What a database sets is no more than what its connections begin with.
      const maker = await pgPool({ max: 1, options: '-c TimeZone=Pacific/Chatham' }).connect(server().url);
      await createBench(maker, schema).store.migrate();
      expect(await maker.run('SHOW TimeZone')).toEqual([{ TimeZone: 'Pacific/Chatham' }]);

      const run = async (zone: string, mode: string, TZ: string) =>
        JSON.parse(await runChild('times.ts', [server().url, schema, zone, mode, JSON.stringify(instants)], { TZ }));
      const created = await run('America/St_Johns', 'create', 'Asia/Kathmandu');
      const read = await run('Europe/Paris', 'read', 'America/New_York');
      expect(created).toMatchObject({ zone: 'America/St_Johns', offset: -330 });
      expect(read).toMatchObject({ zone: 'Europe/Paris', offset: 300 });
      const exact = [true, true, false, false];
      expect(read.found).toEqual(instants.map((instant) => [instant, exact]));
      await dropSchema(maker, schema);
      await maker.close();
    });
  });
});
