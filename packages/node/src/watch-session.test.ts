import { createSessions, type Duration, manualClock, type SessionAdmin } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import { expect, test } from 'vitest';
import { watchSession } from './watch-session.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A manager that counts what watchers ask of it, and a clock that counts timers. */
function createCounted() {
  const clock = manualClock();
  const sessions = createSessions<{ name?: string }>({ store: memoryStore({ clock }), clock });
  const counts = { listeners: 0, told: 0, finds: 0, timers: 0, atOnce: 0, mostAtOnce: 0 };
  const counted: Pick<SessionAdmin, 'find' | 'on'> = {
    async find(id) {
      counts.finds += 1;
      counts.atOnce += 1;
      counts.mostAtOnce = Math.max(counts.mostAtOnce, counts.atOnce);
      await turn();
      counts.atOnce -= 1;
      return await sessions.find(id);
    },
    on(name, listener) {
      counts.listeners += 1;
      const off = sessions.on(name, (event) => {
        counts.told += 1;
        return listener(event);
      });
      return () => {
        counts.listeners -= 1;
        off();
      };
    },
  };
  const timer = {
    after(ms: number, callback: () => void) {
      counts.timers += 1;
      let isOn = true;
      const stop = () => {
        if (isOn) counts.timers -= 1;
        isOn = false;
      };
      const cancel = clock.after(ms, () => {
        stop();
        callback();
      });
      return () => {
        stop();
        cancel();
      };
    },
  };
  const watch = (id: string, onEnd: () => void, every: Duration = '30s') =>
    watchSession(counted, { id, authenticatedAt: undefined }, onEnd, { clock: timer, every });
  return { sessions, clock, counts, watch };
}

/** Begins a session and resolves to its id. */
async function begin(sessions: ReturnType<typeof createCounted>['sessions']): Promise<string> {
  const exchange = await sessions.open({ cookie: undefined, https: true });
  exchange.session.name = 'Ada';
  await exchange.commit();
  return exchange.id;
}

test('100,000 watchers are two listeners and one timer, and an end is told to its own alone', async () => {
  const { sessions, counts, watch } = createCounted();
  const ended: string[] = [];
  const stops = Array.from({ length: 100_000 }, (_, at) => watch(`id${at}`, () => ended.push(`id${at}`)));
  expect(counts).toMatchObject({ listeners: 2, timers: 1 });
  await sessions.revoke('id7');
  expect(counts.told).toBe(1);
  expect(ended).toEqual(['id7']);
  for (const stop of stops) stop();

  expect(counts).toMatchObject({ listeners: 0, timers: 0, finds: 0 });
});

test('a round looks at each session once, a few at a time, however many watch it', async () => {
  const { sessions, clock, counts, watch } = createCounted();
  const ids = await Promise.all(Array.from({ length: 100 }, () => begin(sessions)));
  const ended: string[] = [];
  for (const id of [...ids, ...ids]) watch(id, () => ended.push(id));
  clock.advance(30_000);
  // The next is due before this one is over.
  clock.advance(30_000);
  while (counts.finds < 200 || counts.atOnce > 0) await turn();

  expect(counts).toMatchObject({ finds: 200, listeners: 2, timers: 1 });
  expect(counts.mostAtOnce).toBeLessThanOrEqual(32);
  expect(ended).toEqual([]);
});

test('a watcher that left while others were looked at costs no look', async () => {
  const { clock, counts, watch } = createCounted();
  const stops = Array.from({ length: 100 }, (_, at) => watch(`id${at}`, () => {}));
  clock.advance(30_000);
  for (const stop of stops) stop();
  while (counts.atOnce > 0) await turn();

  expect(counts.finds).toBeLessThanOrEqual(32);
});

test('each period has its round; a session seen gone is gone for all of its watchers', async () => {
  const { clock, counts, watch } = createCounted();
  const ended: string[] = [];
  watch('gone', () => ended.push('seldom'), '1h');
  watch('gone', () => ended.push('often'), '10s');
  expect(counts.timers).toBe(2);
  clock.advance(10_000);
  while (counts.finds < 1 || counts.atOnce > 0) await turn();
  await turn();

  expect(ended).toEqual(['seldom', 'often']);
  expect(counts).toMatchObject({ listeners: 0, timers: 0 });
});

test('a watcher that throws keeps the end from no other, and is an error event', async () => {
  const { sessions, watch } = createCounted();
  const id = await begin(sessions);
  const errors: unknown[] = [];
  sessions.on('error', ({ error }) => errors.push(error));
  const ended: string[] = [];
  const bug = new Error('a bug');
  watch(id, () => {
    ended.push('first');
    throw bug;
  });
  watch(id, () => ended.push('second'));
  await sessions.revoke(id);

  expect(ended).toEqual(['first', 'second']);
  expect(errors).toEqual([bug]);
});
