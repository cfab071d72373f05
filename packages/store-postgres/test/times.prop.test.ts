import { isExpired, manualClock } from '@sess/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresStore } from '../src/index.js';
import { type Connection, pglite } from './connections.js';

const zones = ['UTC', 'America/St_Johns', 'Pacific/Chatham', 'Europe/Paris', 'Asia/Kathmandu', 'Africa/Casablanca'];
const instant = fc.oneof(
  fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) }),
  fc.maxSafeNat(),
  fc.integer({ min: -1e12, max: 1e12 }),
  fc.constantFrom(1, 999, 1_000, 3_599_999, 3_600_000, Number.MAX_SAFE_INTEGER),
);

describe('time in the table', () => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await pglite.connect('');
    await postgresStore(connection.options).migrate();
  });
  afterAll(() => connection.close());

  it('is exact to the millisecond and expires as isExpired says, in any time zone (E1)', async () => {
    const step = fc.constantFrom(-1, 0, 1);
    const zone = fc.constantFrom(...zones);
    await fc.assert(
      fc.asyncProperty(instant, step, zone, zone, async (expiresAt, offset, writer, reader) => {
        const now = Math.min(expiresAt + offset, Number.MAX_SAFE_INTEGER);
        const clock = manualClock(expiresAt - 1);
        const store = postgresStore({ ...connection.options, clock });
        await connection.run('TRUNCATE sess_sessions');
        await connection.run(`SET TimeZone TO '${writer}'`);
        await store.create({ id: 'a', version: 1, expiresAt, subject: 'ann', body: '' });
        await connection.run(`SET TimeZone TO '${reader}'`);
        expect(await store.read('a')).toMatchObject({ expiresAt });
        clock.advance(now - clock.now());
        const live = !isExpired(expiresAt, now);
        expect((await store.list('ann')).length).toBe(live ? 1 : 0);
        expect(await store.touch('a', expiresAt)).toBe(live ? 'touched' : 'gone');
        expect(await store.sweep(10)).toBe(live ? 0 : 1);
      }),
    );
  });
});
