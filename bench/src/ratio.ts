import { quantile } from './statistics.js';

/** One figure as a multiple of another, and how certain that is. */
export interface Ratio {
  /** Of the medians; below 0 if the first is, and NaN where the second cannot be told from nothing. */
  readonly value: number;
  /** Nine of ten resamples of the same rounds lie between these two. */
  readonly interval: readonly [number, number];
}

const resamples = 1000;
const unlikely = 0.05;
/** Fewer, as in a quick run, can be alike by chance, and would be given an interval that is far too narrow. */
const fewestRounds = 5;
const unknown: Ratio = { value: Number.NaN, interval: [Number.NaN, Number.NaN] };

/**
 * The ratio of the medians of two figures that were measured in the same rounds. The interval is a bootstrap's: rounds are drawn with replacement, as
 * pairs, since what disturbs one disturbs the other. Where everybody was started anew `starts` times, starts are drawn first and rounds within them,
 * because one process differs from the next more than two rounds do. The same rounds always have the same interval.
 */
export function ratioOfMedians(own: readonly number[], other: readonly number[], starts = 1): Ratio {
  const random = createRandom();
  const divisors: number[] = [];
  const ratios: number[] = [];
  for (let drawn = 0; drawn < resamples; drawn++) {
    const rounds = drawRounds(own.length, starts, random);
    const divisor = medianOf(rounds.map((round) => other[round] ?? Number.NaN));
    divisors.push(divisor);
    // Against Sess, where chance leaves the other nothing or less; where that is not rare, no ratio is given at all.
    ratios.push(
      divisor > 0 ? medianOf(rounds.map((round) => own[round] ?? Number.NaN)) / divisor : Number.POSITIVE_INFINITY,
    );
  }
  if (!(quantile(sort(divisors), unlikely) > 0)) return unknown;
  const value = medianOf(own) / medianOf(other);
  if (own.length < fewestRounds) return { ...unknown, value };
  const sorted = sort(ratios);
  return { value, interval: [quantile(sorted, unlikely), quantile(sorted, 1 - unlikely)] };
}

/** Some rounds of `count`, which come from `starts` starts of the same number of rounds, one after the other. */
function drawRounds(count: number, starts: number, random: () => number): number[] {
  const each = count / starts;
  return Array.from({ length: starts }, () => Math.floor(random() * starts)).flatMap((start) =>
    Array.from({ length: each }, () => start * each + Math.floor(random() * each)),
  );
}

function medianOf(values: readonly number[]): number {
  return quantile(sort(values), 0.5);
}

function sort(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function createRandom(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
