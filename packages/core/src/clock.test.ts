import { describe, expect, test } from 'vitest';
import { createSteadyNow, splitLongWaits, systemClock } from './clock.js';
import { manualClock } from './manual-clock.js';

describe('createSteadyNow', () => {
  /** A wall and a monotonic clock whose hands the test moves. */
  function createHands() {
    const hands = { wall: 1_000_000, monotonic: 50 };
    const now = createSteadyNow(
      () => hands.wall,
      () => hands.monotonic,
    );
    const pass = (ms: number) => {
      hands.wall += ms;
      hands.monotonic += ms;
    };
    return { hands, now, pass };
  }

  test('shows the wall clock while that runs evenly', () => {
    const { now, pass } = createHands();
    expect(now()).toBe(1_000_000);
    pass(1234);
    expect(now()).toBe(1_001_234);
  });

  test('E4: goes on from the latest time it has shown when the wall clock is set back', () => {
    const { hands, now, pass } = createHands();
    now();
    hands.wall -= 3_600_000;
    expect(now()).toBe(1_000_000);
    pass(5000);
    expect(now()).toBe(1_005_000);
  });

  test('time that passes between two calls counts, also when the wall clock is set back in it', () => {
    const { hands, now, pass } = createHands();
    now();
    pass(7000);
    hands.wall -= 60_000;
    expect(now()).toBe(1_007_000);
  });

  test('follows the wall clock forwards, and joins it again once that has caught up', () => {
    const { hands, now, pass } = createHands();
    now();
    hands.wall -= 1000;
    expect(now()).toBe(1_000_000);
    hands.wall += 5000;
    expect(now()).toBe(1_004_000);
    pass(1);
    expect(now()).toBe(1_004_001);
  });

  test('answers whole milliseconds, whatever the monotonic clock counts', () => {
    const { hands, now } = createHands();
    now();
    hands.wall -= 1;
    hands.monotonic += 0.75;
    expect(now()).toBe(1_000_000);
    hands.monotonic += 0.75;
    expect(now()).toBe(1_000_001);
  });

  test('does not lose the fractions of many short steps', () => {
    const { hands, now } = createHands();
    now();
    hands.wall -= 1_000_000;
    for (let i = 0; i < 1000; i++) {
      hands.monotonic += 0.1;
      now();
    }
    hands.monotonic += 0.5;
    expect(now()).toBe(1_000_100);
  });
});

describe('systemClock', () => {
  test('shows the time of day, in whole milliseconds', () => {
    const before = Date.now();
    const shown = systemClock.now();
    expect(Number.isInteger(shown)).toBe(true);
    expect(shown).toBeGreaterThanOrEqual(before);
    expect(shown - before).toBeLessThan(60_000);
  });

  test('calls back, and not if that was cancelled', async () => {
    const calls: string[] = [];
    const cancel = systemClock.after(0, () => calls.push('cancelled'));
    cancel();
    await new Promise<void>((resolve) => systemClock.after(1, resolve));
    expect(calls).toEqual([]);
  });
});

describe('splitLongWaits', () => {
  const day = 86_400_000;
  /** A clock whose timers end at once when they are given more than 31 bits hold. */
  function createShortClock() {
    const clock = manualClock(0);
    const after = splitLongWaits((ms, callback) => clock.after(ms > 2 ** 31 - 1 ? 1 : ms, callback));
    return { clock, after };
  }

  test.each([0, 1, 2 ** 31 - 1, 2 ** 31, 100 * day])('waits %d ms, no less and no more', (ms) => {
    const { clock, after } = createShortClock();
    const calls: number[] = [];
    after(ms, () => calls.push(clock.now()));
    clock.advance(ms - 1);
    expect(calls).toEqual([]);
    clock.advance(100 * day);
    expect(calls).toEqual([ms]);
  });

  test('a wait that has gone on for long can still be cancelled', () => {
    const { clock, after } = createShortClock();
    let calls = 0;
    const cancel = after(60 * day, () => calls++);
    clock.advance(50 * day);
    cancel();
    clock.advance(50 * day);
    expect(calls).toBe(0);
  });

  test('the machine’s clock does so: a wait of months does not end at once', async () => {
    const calls: string[] = [];
    const cancel = systemClock.after(100 * day, () => calls.push('months'));
    await new Promise<void>((resolve) => systemClock.after(20, resolve));
    cancel();
    expect(calls).toEqual([]);
  });
});
