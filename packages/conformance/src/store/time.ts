import { type Clock, manualClock, systemClock } from '@sess/core';
import type { StoreHarness } from './harness.js';

/** In ms. */
export const hour = 3_600_000;

/** The time of a case: one it moves itself, or the machine's, which it has to wait for. */
export interface CaseTime {
  readonly clock: Clock;
  /** A life (ms) short enough for a case to wait out. */
  readonly shortLife: number;
  /** Whether time also passes while a call is under way. */
  readonly goesOn: boolean;
  /** Lets `ms` milliseconds pass; negative: sets a manual clock back. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until a record that expires at `expiresAt` has expired: one millisecond longer, or as long as a server may need. */
  passUntil(expiresAt: number): Promise<void>;
}

/** By how many ms the time of a server may differ from this machine's. */
const defaultTolerance = 100;

/** When a manual clock begins: mid-second, so that a store that keeps only whole seconds is exposed by every time it keeps. */
const beginning = Date.UTC(2030, 0, 1, 0, 0, 0, 321);

/** The time that suits a harness. */
export function createTime(harness: Pick<StoreHarness, 'clock' | 'clockTolerance'>): CaseTime {
  return harness.clock === 'server' ? serverTime(harness.clockTolerance ?? defaultTolerance) : movedTime();
}

function movedTime(): CaseTime {
  const clock = manualClock(beginning);
  const pass = async (ms: number): Promise<void> => clock.advance(ms);
  const passUntil = (expiresAt: number): Promise<void> => pass(expiresAt + 1 - clock.now());
  return { clock, shortLife: 10_000, goesOn: false, pass, passUntil };
}

function serverTime(tolerance: number): CaseTime {
  const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
  return {
    clock: systemClock,
    shortLife: 200 + 2 * tolerance,
    goesOn: true,
    pass,
    passUntil: (expiresAt) => pass(expiresAt - systemClock.now() + tolerance),
  };
}
