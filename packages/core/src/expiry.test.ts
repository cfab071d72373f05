import { describe, expect, test } from 'vitest';
import { type ExpiryOptions, expiryAt, isExpired, isTouchDue, presets, resolveExpiry } from './expiry.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('isExpired', () => {
  test('E1: one millisecond before, at, and after the instant', () => {
    expect([isExpired(1000, 999), isExpired(1000, 1000), isExpired(1000, 1001)]).toEqual([false, true, true]);
  });
});

describe('resolveExpiry', () => {
  test.each<[string, ExpiryOptions, number, number, number]>([
    ['nothing: NIST AAL2', {}, hour, day, minute],
    ['a short idle timeout: a tenth for touches', { idleTimeout: '5m' }, 5 * minute, day, 30_000],
    ['a long idle timeout: touches once a minute', { idleTimeout: '12h' }, 12 * hour, day, minute],
    ['an idle timeout beyond a day: the absolute one follows', { idleTimeout: '30d' }, 30 * day, 30 * day, minute],
    ['the same, limited', { idleTimeout: '30d', absoluteTimeout: '60d' }, 30 * day, 60 * day, minute],
    ['no idle timeout: a day all the same', { idleTimeout: false }, Infinity, day, minute],
    ['no absolute timeout', { absoluteTimeout: false }, hour, Infinity, minute],
    ['neither', { idleTimeout: false, absoluteTimeout: false }, Infinity, Infinity, minute],
    ['touches at every request', { touchEvery: 0 }, hour, day, 0],
    ['touches seldom', { touchEvery: '20m' }, hour, day, 20 * minute],
    ['an absolute timeout shorter than the idle one', { absoluteTimeout: '30m' }, hour, 30 * minute, minute],
    ['an idle timeout of a few ms', { idleTimeout: 5 }, 5, day, 0],
  ])('%s', (_, options, idleTimeout, absoluteTimeout, touchEvery) => {
    expect(resolveExpiry(options)).toEqual({ idleTimeout, absoluteTimeout, touchEvery });
  });

  test.each<[ExpiryOptions, RegExp]>([
    [{ idleTimeout: 0 }, /idleTimeout is 0; it must be longer/],
    [{ idleTimeout: -1 }, /idleTimeout is -1;/],
    [{ absoluteTimeout: 0 }, /absoluteTimeout is 0; it must be longer/],
    [{ absoluteTimeout: Number.POSITIVE_INFINITY }, /absoluteTimeout is Infinity;/],
    [{ touchEvery: -1 }, /touchEvery is -1;/],
    [{ touchEvery: '1h' }, /touchEvery \(3600000 ms\) is not shorter than idleTimeout \(3600000 ms\)/],
    [{ idleTimeout: '1m', touchEvery: '5m' }, /Make it a tenth of idleTimeout, or leave it out/],
  ])('refuses %o', (options, message) => {
    expect(() => resolveExpiry(options)).toThrow(message);
    expect(() => resolveExpiry(options)).toThrow(expect.objectContaining({ code: 'ERR_SESS_CONFIG' }));
  });

  test('no limit is switched off but by writing false', () => {
    for (const value of [undefined, null, true]) {
      const resolve = () => resolveExpiry({ idleTimeout: value, absoluteTimeout: value } as never);
      if (value === undefined) expect(resolve()).toMatchObject({ idleTimeout: hour, absoluteTimeout: day });
      else expect(resolve).toThrow(/idleTimeout is (null|true);/);
    }
  });

  test('the policy cannot be changed', () => {
    expect(Object.isFrozen(resolveExpiry({}))).toBe(true);
  });
});

describe('presets: NIST SP 800-63B', () => {
  test.each([
    ['AAL1', Infinity, 30 * day],
    ['AAL2', hour, day],
    ['AAL3', 15 * minute, 12 * hour],
  ] as const)('%s', (level, idleTimeout, absoluteTimeout) => {
    expect(resolveExpiry(presets[level])).toMatchObject({ idleTimeout, absoluteTimeout });
  });
});

describe('expiryAt', () => {
  const policy = resolveExpiry({ idleTimeout: '1h', absoluteTimeout: '24h' });

  test('is an idle timeout after the last activity', () => {
    expect(expiryAt(policy, 5 * hour, 0)).toBe(6 * hour);
  });

  test('E3: but never later than the absolute timeout', () => {
    expect(expiryAt(policy, 23 * hour, 0)).toBe(24 * hour);
    expect(expiryAt(policy, 23 * hour + 1, 0)).toBe(24 * hour);
  });

  test('is a date that every store can hold, where no limit is set', () => {
    const unlimited = resolveExpiry({ idleTimeout: false, absoluteTimeout: false });
    const expiresAt = expiryAt(unlimited, Date.UTC(2030, 0), Date.UTC(2030, 0));
    expect(new Date(expiresAt).toISOString()).toBe('9999-12-31T00:00:00.000Z');
  });
});

describe('isTouchDue', () => {
  const policy = resolveExpiry({ idleTimeout: '1h', touchEvery: '1m' });

  test('E2: from a gain of touchEvery on', () => {
    expect(isTouchDue(policy, 0, minute - 1)).toBe(false);
    expect(isTouchDue(policy, 0, minute)).toBe(true);
  });

  test('never where nothing is gained, not even with touchEvery 0', () => {
    const eager = resolveExpiry({ touchEvery: 0 });
    expect(isTouchDue(eager, 100, 100)).toBe(false);
    expect(isTouchDue(eager, 100, 99)).toBe(false);
    expect(isTouchDue(eager, 100, 101)).toBe(true);
  });
});
