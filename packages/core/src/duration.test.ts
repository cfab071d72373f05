import { describe, expect, test } from 'vitest';
import { type Duration, parseDuration, parsePositiveDuration } from './duration.js';
import { SessError } from './errors.js';

/** The message of the configuration error that `value` causes. */
function refusal(value: unknown, parse = parseDuration): string {
  try {
    parse('idleTimeout', value as Duration);
  } catch (error) {
    if (SessError.is(error, 'ERR_SESS_CONFIG')) return error.message;
    throw error;
  }
  throw new Error(`${String(value)} was accepted`);
}

describe('parseDuration', () => {
  test.each<[Duration, number]>([
    [0, 0],
    [60_000, 60_000],
    [1.9, 1],
    ['30m', 1_800_000],
    ['1h', 3_600_000],
    ['7 days', 604_800_000],
    ['2.5 hrs', 9_000_000],
    ['100', 100],
    ['1500 ms', 1500],
  ])('%o is %i ms', (value, milliseconds) => {
    expect(parseDuration('idleTimeout', value)).toBe(milliseconds);
  });

  test.each([
    [-1],
    ['-5m'],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [''],
    ['soon'],
    ['1h'.padEnd(101)],
    [true],
    [false],
    [null],
    [undefined],
    [10n],
    [{}],
  ])('refuses %o, saying which option it is and what it takes', (value) => {
    expect(refusal(value)).toMatch(/^idleTimeout is .*; it takes milliseconds \(60000\) or a text such as '30m'/);
  });

  test.each([
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NaN, 'NaN'],
    ['soon', '"soon"'],
  ])('the message shows %o as it was written', (value, shown) => {
    expect(refusal(value)).toContain(`idleTimeout is ${shown};`);
  });

  test('the message does not repeat a text of any length', () => {
    expect(refusal('x'.repeat(1_000_000)).length).toBeLessThan(300);
  });
});

describe('parsePositiveDuration', () => {
  test.each([[0], [0.9], ['0s'], ['0.5ms']])('refuses %o', (value) => {
    expect(refusal(value, parsePositiveDuration)).toMatch(/it must be longer than 0 ms/);
  });

  test('accepts 1 ms', () => {
    expect(parsePositiveDuration('idleTimeout', 1)).toBe(1);
  });
});
