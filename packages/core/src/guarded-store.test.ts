import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MapStore } from '../test/support/map-store.js';
import { SessError } from './errors.js';
import { GuardedStore } from './guarded-store.js';
import { type ManualClock, manualClock } from './manual-clock.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));
const record = { id: 'i', version: 1, expiresAt: Number.MAX_SAFE_INTEGER, body: 'b' };

const operations: readonly [string, (store: GuardedStore) => unknown][] = [
  ['create', (store) => store.create(record)],
  ['read', (store) => store.read('i')],
  ['update', (store) => store.update(record, 1)],
  ['touch', (store) => store.touch('i', 1)],
  ['destroy', (store) => store.destroy('i')],
];

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

let clock: ManualClock;
let store: MapStore;
let guarded: GuardedStore;

beforeEach(() => {
  clock = manualClock();
  store = new MapStore(clock);
  guarded = new GuardedStore(store, clock, 5000);
  process.on('unhandledRejection', note);
});

afterEach(() => {
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

/** The SessError that a call fails with, at once or later. */
async function failureOf(call: () => unknown): Promise<SessError> {
  try {
    await call();
  } catch (error) {
    if (SessError.is(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('GuardedStore', () => {
  test('hands the store’s answers through, at once if they come at once', async () => {
    expect(guarded.create(record)).toBe('created');
    expect(guarded.read('i')).toEqual(record);
    expect(guarded.update({ ...record, version: 2 }, 1)).toEqual({ outcome: 'updated' });
    expect(guarded.touch('i', 1)).toBe('touched');
    expect(guarded.destroy('i')).toBeUndefined();
    store.before = () => Promise.resolve();
    expect(await guarded.read('i')).toBeUndefined();
  });

  test.each(operations)('%s: what the store throws is wrapped once, with its cause', async (operation, call) => {
    const cause = new Error('disk full');
    store.before = () => {
      throw cause;
    };
    const error = await failureOf(() => call(guarded));
    expect(error).toMatchObject({ code: 'ERR_SESS_STORE', status: 503, cause });
    expect(error.message).toBe(`The session store failed at ${operation}: disk full`);
    expect(() => call(guarded)).toThrow(SessError);
  });

  test.each(operations)(
    '%s: what the store rejects with is wrapped as well, an error or not',
    async (operation, call) => {
      store.before = () => Promise.reject('no error object');
      const error = await failureOf(() => call(guarded));
      expect(error).toMatchObject({ code: 'ERR_SESS_STORE', cause: 'no error object' });
      expect(error.message).toBe(`The session store failed at ${operation}: no error object`);
    },
  );

  test.each(operations)(
    'C2: %s fails when the store has not answered in time, not a millisecond before',
    async (operation, call) => {
      store.before = () => new Promise(() => {});
      let failure: SessError | undefined;
      void failureOf(() => call(guarded)).then((error) => {
        failure = error;
      });
      clock.advance(4999);
      await settle();
      expect(failure).toBeUndefined();
      clock.advance(1);
      await settle();
      expect(failure).toMatchObject({ code: 'ERR_SESS_STORE_TIMEOUT', status: 503 });
      expect(failure?.message).toContain(`did not answer ${operation} within 5000 ms (storeTimeout)`);
    },
  );

  test('an answer, or a failure, that comes late changes nothing and disturbs nobody', async () => {
    const late: ((outcome: 'answer' | 'failure') => void)[] = [];
    store.before = () =>
      new Promise<void>((resolve, reject) => {
        late.push((outcome) => (outcome === 'answer' ? resolve() : reject(new Error('late'))));
      });
    const failures = [failureOf(() => guarded.read('i')), failureOf(() => guarded.read('i'))];
    clock.advance(5000);
    late[0]?.('answer');
    late[1]?.('failure');
    for (const failure of failures) expect((await failure).code).toBe('ERR_SESS_STORE_TIMEOUT');
    await settle();
  });

  test('an answer in time stops the timer', async () => {
    let timers = 0;
    const counting = {
      now: clock.now,
      after(ms: number, callback: () => void) {
        timers++;
        const cancel = clock.after(ms, callback);
        return () => {
          timers--;
          cancel();
        };
      },
    };
    const watched = new GuardedStore(store, counting, 5000);
    store.before = () => Promise.resolve();
    await watched.read('i');
    expect(timers).toBe(0);
    store.before = () => Promise.reject(new Error('no'));
    await failureOf(() => watched.read('i'));
    expect(timers).toBe(0);
  });

  test('a thenable that is no promise is waited for', async () => {
    // biome-ignore lint/suspicious/noThenProperty: a thenable that is no Promise is the point.
    const thenable = { then: (resolve: (value: string) => void) => resolve('answer') } as PromiseLike<string>;
    expect(await guarded.call('list', () => thenable)).toBe('answer');
  });
});
