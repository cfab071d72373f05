import { describe, expect, it } from 'vitest';
import { show } from './show.js';

describe('show', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [{}, '{}'],
    [{ a: 1, b: ['x'] }, "{ a: 1, b: ['x'] }"],
    [() => 1, 'a function'],
    [new TypeError('no'), 'TypeError: no'],
    ["it's", "'it\\'s'"],
    ['"', `'"'`],
    ['a\r\n\0', "'a\\r\\n\\u0000'"],
  ])('shows %o as %s', (value, expected) => {
    expect(show(value)).toBe(expected);
  });

  // Two ids that look alike must be told apart in a report.
  it('shows nothing but ASCII as it is', () => {
    expect(show('\u00e9')).toBe("'\\u00e9'");
    expect(show('e\u0301')).toBe("'e\\u0301'");
    expect(show('\u{1f600}')).toBe("'\\u{1f600}'");
  });

  it('cuts a long string and says how long it is', () => {
    expect(show('x'.repeat(1_000_000))).toBe(`'${'x'.repeat(60)}'… (1000000 characters)`);
  });

  it('cuts a long list and says how many more there are', () => {
    expect(show([1, 2, 3, 4])).toBe('[1, 2, 3, 4]');
    expect(show(Array(100).fill(1))).toBe('[1, 1, 1, 1, … 96 more …]');
  });

  it('shows times from the start of a case, and other numbers as they are', () => {
    const origin = { start: 2_000_000_000_000 };
    expect(show({ version: 7, expiresAt: 2_000_000_001_000 }, origin)).toBe('{ version: 7, expiresAt: t+1000 }');
    expect(show(1_999_999_999_999, origin)).toBe('t-1');
    expect(show(2_000_000_000_000, origin)).toBe('t+0');
    expect(show(Date.UTC(9999, 0), origin)).toBe(String(Date.UTC(9999, 0)));
  });
});
