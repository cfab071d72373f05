import { describe, expect, test } from 'vitest';
import { manualClock } from './manual-clock.js';

describe('manualClock', () => {
  test('stands still until it is told to move', () => {
    const clock = manualClock(5);
    expect([clock.now(), clock.now()]).toEqual([5, 5]);
    clock.advance(10);
    expect(clock.now()).toBe(15);
    clock.advance(-12);
    expect(clock.now()).toBe(3);
  });

  test('runs what has come due in the order of time, each at its own time', () => {
    const clock = manualClock(0);
    const calls: [string, number][] = [];
    clock.after(30, () => calls.push(['late', clock.now()]));
    clock.after(10, () => calls.push(['early', clock.now()]));
    clock.after(31, () => calls.push(['not yet', clock.now()]));
    clock.advance(30);
    expect(calls).toEqual([
      ['early', 10],
      ['late', 30],
    ]);
    expect(clock.now()).toBe(30);
  });

  test('a callback may set another timer, which runs in the same step if it is due in it', () => {
    const clock = manualClock(0);
    const calls: number[] = [];
    clock.after(10, () => clock.after(10, () => calls.push(clock.now())));
    clock.advance(20);
    expect(calls).toEqual([20]);
  });

  test('runs nothing twice, and nothing that was cancelled', () => {
    const clock = manualClock(0);
    let calls = 0;
    clock.after(10, () => calls++);
    const cancel = clock.after(10, () => calls++);
    cancel();
    clock.advance(10);
    clock.advance(10);
    expect(calls).toBe(1);
  });

  test('does not call back while the time goes backwards', () => {
    const clock = manualClock(100);
    let calls = 0;
    clock.after(10, () => calls++);
    clock.advance(-50);
    expect(calls).toBe(0);
    clock.advance(60);
    expect(calls).toBe(1);
  });
});
