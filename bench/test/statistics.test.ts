import { describe, expect, it } from 'vitest';
import { type Figure, ratioOfAdded, shuffle, summarize } from '../src/statistics.js';

describe('summarize', () => {
  it('gives the median and quartiles whatever the order', () => {
    expect(summarize([5, 1, 4, 2, 3])).toEqual({ median: 3, quartiles: [2, 4] });
  });

  it('goes between two values where none is in the middle', () => {
    expect(summarize([1, 2])).toEqual({ median: 1.5, quartiles: [1.25, 1.75] });
  });

  it('passes one outlier over', () => {
    expect(summarize([1, 1, 1, 1, 1000]).median).toBe(1);
  });

  it('has no figure for no measurement', () => {
    expect(summarize([]).median).toBeNaN();
  });
});

describe('shuffle', () => {
  it('keeps every value, and does not keep their order', () => {
    const values = Array.from({ length: 100 }, (_, index) => index);

    const shuffled = shuffle(values);

    expect(shuffled).not.toEqual(values);
    expect(shuffled.sort((a, b) => a - b)).toEqual(values);
  });
});

describe('ratioOfAdded', () => {
  const figure = (low: number, median: number, high: number): Figure => ({ median, quartiles: [low, high] });

  it('divides what is more than nothing', () => {
    expect(ratioOfAdded(figure(1, 2, 3), figure(7, 8, 9))).toBe(0.25);
  });

  it('is 0 where nothing is added', () => {
    expect(ratioOfAdded(figure(-9, -8, 3), figure(-7, -1, 1))).toBe(0);
  });

  it('takes the upper quartile of another that adds nothing', () => {
    expect(ratioOfAdded(figure(1, 2, 3), figure(-7, -1, 4))).toBe(0.5);
  });

  it('is no number where even that is nothing', () => {
    expect(ratioOfAdded(figure(1, 2, 3), figure(-7, -1, 0))).toBeNaN();
  });
});
