import { configError } from './errors.js';

/** A source of time. All of Sess takes the time from a clock, so tests can control it. */
export interface Clock {
  /** The current time in epoch milliseconds. */
  now(): number;
  /** Calls `callback` once, `ms` milliseconds from now; the result cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/**
 * The machine's clock, except that it never runs backwards: when the wall clock is set back,
 * this one goes on from the latest time it has shown, at the pace of the monotonic clock.
 * An expired session therefore stays expired (invariant E4).
 */
export const systemClock: Clock = {
  now: createSteadyNow(
    () => Date.now(),
    () => performance.now(),
  ),
  after: splitLongWaits((ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  }),
};

/** The longest wait that a system timer can hold. A longer one would fire at once. */
const longestWait = 2 ** 31 - 1;

/** Lets `after`, whose timers hold 31 bits, wait for as long as it is asked to. */
export function splitLongWaits(after: Clock['after']): Clock['after'] {
  return (ms, callback) => {
    let cancel = () => {};
    const wait = (left: number): void => {
      cancel = left <= longestWait ? after(left, callback) : after(longestWait, () => wait(left - longestWait));
    };
    wait(ms);
    return () => cancel();
  };
}

/** Combines a wall clock (epoch ms) and a monotonic one (ms of any origin) into a time that never falls. */
export function createSteadyNow(wall: () => number, monotonic: () => number): () => number {
  let latest = Number.NEGATIVE_INFINITY;
  let latestAt = 0;
  return () => {
    const elapsed = monotonic() - latestAt;
    latest = Math.max(wall(), latest + elapsed);
    latestAt += elapsed;
    return Math.floor(latest);
  };
}

/** The clock's time, but never earlier than before: an expired session stays expired (E4). */
export function createMonotonicNow(clock: Clock): () => number {
  let latest = Number.NEGATIVE_INFINITY;
  return () => {
    // Whole milliseconds: a record keeps no others.
    latest = Math.max(latest, Math.floor(clock.now()));
    return latest;
  };
}

/** Throws a configuration error unless `clock` is absent or valid. */
export function assertClock(clock: Partial<Clock> | undefined): void {
  if (clock === undefined) return;
  if (typeof clock?.now === 'function' && typeof clock.after === 'function') return;
  throw configError(
    'clock has no now and after; give a clock with both, such as manualClock(), or leave the option out.',
  );
}
