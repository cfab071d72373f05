import { describe, expect, it } from 'vitest';
import { isEqual } from './equal.js';

describe('isEqual', () => {
  it.each([
    [1, 1],
    ['a', 'a'],
    [undefined, undefined],
    [Number.NaN, Number.NaN],
    [
      { a: 1, b: { c: [1] } },
      { b: { c: [1] }, a: 1 },
    ],
    [[], []],
  ])('takes %o and %o for the same', (a, b) => {
    expect(isEqual(a, b)).toBe(true);
  });

  it.each([
    [1, '1'],
    [0, false],
    [null, undefined],
    [null, {}],
    [{}, []],
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: undefined }, {}],
    [{ a: undefined }, { b: undefined }],
    [[1], [1, 2]],
    [{ toString: undefined }, {}],
  ])('takes %o and %o for different, either way', (a, b) => {
    expect(isEqual(a, b)).toBe(false);
    expect(isEqual(b, a)).toBe(false);
  });
});
