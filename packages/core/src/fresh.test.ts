import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from './clock.js';
import { requireFresh } from './fresh.js';

const minute = 60_000;
const now = Date.UTC(2030, 0, 1);

describe('requireFresh (ASVS 7.5.1)', () => {
  test('a login exactly as old as allowed is fresh; one older by a millisecond is not', () => {
    expect(() => requireFresh({ authenticatedAt: now - 5 * minute }, '5m', { now })).not.toThrow();
    expect(() => requireFresh({ authenticatedAt: now - 5 * minute - 1 }, '5m', { now })).toThrow(
      expect.objectContaining({ code: 'ERR_SESS_STALE', status: 401 }),
    );
  });

  test('a session in which nobody has logged in is not fresh', () => {
    expect(() => requireFresh({ authenticatedAt: undefined }, '5m', { now })).toThrow(/nobody has logged in/);
  });

  test('the message says how old the login is, and what to do', () => {
    expect(() => requireFresh({ authenticatedAt: now - 7 * minute }, '5m', { now })).toThrow(
      /A login within 5m is needed here, and the last login is 420 s ago\. Ask for the credentials again, then call session\.login\(\)/,
    );
  });

  test('takes the time of day where none is given', () => {
    expect(() => requireFresh({ authenticatedAt: Date.now() - 1000 }, '1m')).not.toThrow();
    expect(() => requireFresh({ authenticatedAt: Date.now() - 120_000 }, '1m')).toThrow(/is needed here/);
  });

  test('a clock that is set back makes no login fresh again', () => {
    const before = systemClock.now();
    vi.spyOn(Date, 'now').mockReturnValue(before - 60 * minute);
    onTestFinished(() => void vi.restoreAllMocks());
    expect(() => requireFresh({ authenticatedAt: before - 10 * minute }, '5m')).toThrow(/600 s ago/);
  });

  test('an unusable limit is a configuration error, whoever is logged in', () => {
    for (const authenticatedAt of [now, undefined]) {
      expect(() => requireFresh({ authenticatedAt }, 'soon' as never, { now })).toThrow(
        expect.objectContaining({ code: 'ERR_SESS_CONFIG' }),
      );
    }
  });
});
