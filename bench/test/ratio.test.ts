import { describe, expect, it } from 'vitest';
import { ratioOfMedians } from '../src/ratio.js';

/** Rounds of a figure that is disturbed a little. */
const around = (figure: number) => Array.from({ length: 45 }, (_, round) => figure + Math.sin(round * 7 + figure));

describe('ratioOfMedians', () => {
  it('lies in its interval, which is the same every time', () => {
    const ratio = ratioOfMedians(around(10), around(40));
    const [low, high] = ratio.interval;

    expect(ratio.value).toBeCloseTo(0.25, 1);
    expect(low).toBeLessThan(ratio.value);
    expect(high).toBeGreaterThan(ratio.value);
    expect(ratioOfMedians(around(10), around(40))).toEqual(ratio);
  });

  it('is below 0 where the first is below nothing, however surely', () => {
    const { value, interval } = ratioOfMedians(around(-10), around(40));
    expect(value).toBeCloseTo(-0.25, 1);
    expect(interval[1]).toBeLessThan(0);
  });

  it('is no number where the second cannot be told from nothing', () => {
    expect(ratioOfMedians(around(10), around(0.1)).value).toBeNaN();
    expect(ratioOfMedians(around(10), around(-40)).interval).toEqual([Number.NaN, Number.NaN]);
  });

  // What was disturbed in one start only is no surer for having been measured nine times.
  it('is less sure where the starts differ and not the rounds', () => {
    const own = [10, 14, 18, 22, 30].flatMap((figure) => Array.from({ length: 9 }, () => figure));
    const other = own.map(() => 40);
    const width = ({ interval: [low, high] }: ReturnType<typeof ratioOfMedians>) => high - low;

    expect(width(ratioOfMedians(own, other, 5))).toBeGreaterThan(width(ratioOfMedians(own, other)));
  });

  it('has no interval with so few rounds that they may be alike by chance', () => {
    expect(ratioOfMedians([1, 1], [4, 4])).toEqual({ value: 0.25, interval: [Number.NaN, Number.NaN] });
  });

  it('is no number without rounds', () => {
    expect(ratioOfMedians([], []).value).toBeNaN();
  });
});
