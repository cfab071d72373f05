import type { SessionRecord } from '@sess/core';
import { describeWithService, poll } from '@sess/test-support';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pgPool, postgresJs } from './connections.js';
import { type Bench, useBench } from './stores.js';

describeWithService('PostgreSQL', 'at the same time', (server) => {
  const url = () => server().url;
  const levels = ['read committed', 'repeatable read', 'serializable'];
  describe.each(levels)('under %s', (level) => {
    const kind = pgPool({ options: `-c default_transaction_isolation=${level.replace(' ', '\\ ')}` });
    const bench = useBench(kind, url);
    defineWaits(bench, url);
    defineStorms(bench);
  });
  describe('through postgres.js', () => defineStorms(useBench(postgresJs(), url)));
});

/** The store's call waits for the lock of another transaction, whose outcome must decide the result. */
function defineWaits(bench: () => Bench, url: () => string): void {
  let other: pg.Client;
  beforeAll(async () => {
    other = new pg.Client({ connectionString: url() });
    await other.connect();
  });
  afterAll(() => other.end());

  /** Runs `held` in an open transaction, starts `call`, waits until it is blocked, ends the transaction; resolves to what the call does. */
  async function race<T>(held: string, call: () => PromiseLike<T>, end: 'COMMIT' | 'ROLLBACK' = 'COMMIT'): Promise<T> {
    const { schema } = bench();
    await other.query(`BEGIN; SET LOCAL search_path TO "${schema}"; ${held}`);
    const answer = call();
    // A rejection is the caller's to see, but only after the transaction has ended.
    Promise.resolve(answer).catch(() => {});
    await poll(async () => {
      const { rows } = await other.query(
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND position('${schema}' in query) > 0`,
      );
      if (rows.length === 0) throw new Error('nothing waits');
    });
    await other.query(end);
    return answer;
  }

  const raise = `UPDATE sess_sessions SET version = 2, body = 'theirs'`;
  const remove = 'DELETE FROM sess_sessions';
  const insert = (record: SessionRecord) =>
    `INSERT INTO sess_sessions VALUES ('${record.id}', 1, to_timestamp(${record.expiresAt / 1000}), null, 'theirs')`;

  it('an update answers the record that beat it, not the one it saw when it began', async () => {
    const { store, record } = bench();
    const kept = record();
    await store.create(kept);
    const answer = await race(raise, async () => store.update({ ...kept, version: 2, body: 'mine' }, 1));
    expect(answer).toEqual({ outcome: 'conflict', current: { ...kept, version: 2, body: 'theirs' } });
  });

  it('an update takes its turn after a touch, and keeps what it extended', async () => {
    const { store, record } = bench();
    const kept = record();
    await store.create(kept);
    const extend = `UPDATE sess_sessions SET expires_at = to_timestamp(${kept.expiresAt + 5_000} / 1000.0)`;
    const answer = await race(extend, async () => store.update({ ...kept, version: 2, body: 'mine' }, 1));
    expect(answer).toEqual({ outcome: 'updated' });
    expect(await store.read(kept.id)).toEqual({ ...kept, version: 2, body: 'mine', expiresAt: kept.expiresAt + 5_000 });
  });

  it('an update, a touch and a create see a destroy that beat them (D2)', async () => {
    const { store, record } = bench();
    const kept = record();
    await store.create(kept);
    expect(await race(remove, async () => store.update({ ...kept, version: 2 }, 1))).toEqual({ outcome: 'gone' });
    await store.create(kept);
    expect(await race(remove, async () => store.touch(kept.id, kept.expiresAt + 1))).toBe('gone');
    expect(await store.read(kept.id)).toBeUndefined();
    await store.create(kept);
    expect(await race(remove, async () => store.create({ ...kept, body: 'new' }))).toBe('created');
    expect(await store.read(kept.id)).toMatchObject({ body: 'new' });
  });

  it('an update and a touch go on when the other gave up', async () => {
    const { store, record } = bench();
    const kept = record();
    await store.create(kept);
    expect(await race(remove, async () => store.touch(kept.id, kept.expiresAt + 1), 'ROLLBACK')).toBe('touched');
    const update = async () => store.update({ ...kept, version: 2 }, 1);
    expect(await race(raise, update, 'ROLLBACK')).toEqual({ outcome: 'updated' });
  });

  it('a create answers by whether the other create stays', async () => {
    const { store, record } = bench();
    const kept = record();
    expect(await race(insert(kept), async () => store.create(kept), 'ROLLBACK')).toBe('created');
    const rival = record();
    expect(await race(insert(rival), async () => store.create(rival))).toBe('exists');
    expect(await store.read(rival.id)).toMatchObject({ body: 'theirs' });
  });

  it('a destroy ends what an update has just written (D1)', async () => {
    const { store, record } = bench();
    const kept = record();
    await store.create(kept);
    await race(raise, async () => store.destroy(kept.id));
    expect(await store.read(kept.id)).toBeUndefined();
  });

  it('a sweep passes by what another transaction holds', async () => {
    const { store, record, clock, schema } = bench();
    const [held, free] = [record(), record({ expiresAt: clock.now() + 60_001 })];
    await store.create(held);
    await store.create(free);
    clock.advance(60_001);
    await other.query(`BEGIN; UPDATE "${schema}".sess_sessions SET body = '' WHERE id = '${held.id}'`);
    expect(await store.sweep(1)).toBe(1);
    expect(await store.sweep(1)).toBe(0);
    await other.query('ROLLBACK');
    expect(await store.sweep(1)).toBe(1);
  });
}

/** Many calls at once, as many as the pool has connections on their way. */
function defineStorms(bench: () => Bench): void {
  const times = <T>(count: number, call: (i: number) => PromiseLike<T> | T): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, async (_, i) => call(i)));

  it('one of many updates of a version wins, and the others see it', async () => {
    const { store, record } = bench();
    const kept = record();
    await store.create(kept);
    const answers = await times(24, (i) => store.update({ ...kept, version: 2, body: `${i}` }, 1));
    const winner = answers.findIndex(({ outcome }) => outcome === 'updated');
    for (const [i, answer] of answers.entries()) {
      if (i === winner) continue;
      expect(answer).toEqual({ outcome: 'conflict', current: { ...kept, version: 2, body: `${winner}` } });
    }
  });

  it('one of many creates of an id wins, over an expired record too', async () => {
    const { store, record, clock } = bench();
    const kept = record();
    for (let round = 0; round < 2; round++) {
      const fresh = { ...kept, expiresAt: clock.now() + 60_000 };
      const answers = await times(24, (i) => store.create({ ...fresh, body: `${i}` }));
      expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
      expect(await store.read(kept.id)).toMatchObject({ body: `${answers.indexOf('created')}` });
      clock.advance(60_000);
    }
  });

  it('the latest of many touches stays', async () => {
    const { store, record } = bench();
    const kept = record();
    await store.create(kept);
    const answers = await times(24, (i) => store.touch(kept.id, kept.expiresAt + ((i * 7) % 24)));
    expect(new Set(answers)).toEqual(new Set(['touched']));
    expect(await store.read(kept.id)).toEqual({ ...kept, expiresAt: kept.expiresAt + 23 });
  });

  it('nothing comes back from a destroy amid updates and touches (D2)', async () => {
    const { store, record } = bench();
    await times(5, async () => {
      const kept = record();
      await store.create(kept);
      await times(12, async (i) => {
        if (i === 4) return store.destroy(kept.id);
        return i % 2 ? store.touch(kept.id, kept.expiresAt + i) : store.update({ ...kept, version: 1 }, 1);
      });
      expect(await store.read(kept.id)).toBeUndefined();
      expect(await store.update({ ...kept, version: 1 }, 1)).toEqual({ outcome: 'gone' });
    });
  });

  it('several sweepers remove each expired record once, none a live one, none more than asked', async () => {
    const { store, record, clock } = bench();
    const live = record({ expiresAt: clock.now() + 60_001, subject: 'live' });
    await store.create(live);
    await times(300, () => store.create(record()));
    clock.advance(60_000);
    const counts = await times(4, async () => {
      const removed: number[] = [];
      do removed.push(await store.sweep(20));
      while (removed.at(-1) !== 0);
      return removed;
    });
    expect(Math.max(...counts.flat())).toBeLessThanOrEqual(20);
    // A sweeper may stop early, while others hold what is left; one more call finds nothing or the rest.
    const rest = await store.sweep(1_000);
    expect(counts.flat().reduce((sum, count) => sum + count, rest)).toBe(300);
    expect(await store.list('live')).toEqual([live]);
  });
}
