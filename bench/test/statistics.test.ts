import { describe, expect, it } from 'vitest';
import { shuffle, summarize } from '../src/statistics.js';

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
