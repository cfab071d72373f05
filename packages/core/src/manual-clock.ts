import type { Clock } from './clock.js';

/** A clock that moves only when told to, for tests of code that depends on time. */
export interface ManualClock extends Clock {
  /** Moves the time by `ms` (negative: backwards) and runs the callbacks that have come due, in order. */
  advance(ms: number): void;
}

/** Creates a clock that starts at `start` (epoch ms) and stands still until advanced. */
export function manualClock(start = Date.UTC(2030, 0, 1)): ManualClock {
  let time = start;
  let timers: { due: number; callback: () => void }[] = [];

  return {
    now: () => time,
    after(ms, callback) {
      const timer = { due: time + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const end = time + ms;
      for (;;) {
        const next = timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        time = Math.max(time, next.due);
        next.callback();
      }
      time = end;
    },
  };
}
