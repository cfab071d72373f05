import { manualClock, SessError, systemClock } from '@sess/core';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from './options.js';

describe('resolveOptions', () => {
  it('fills in the system clock and no limit', () => {
    expect(resolveOptions({})).toEqual({ clock: systemClock, maxSessions: Number.POSITIVE_INFINITY });
  });

  it('keeps what it is given', () => {
    const clock = manualClock();
    expect(resolveOptions({ clock, maxSessions: 5 })).toEqual({ clock, maxSessions: 5 });
  });

  it('refuses an option that it does not know, with what there is', () => {
    const call = (options: object) => () => resolveOptions(options);
    expect(call({ maxSesions: 5 })).toThrow(
      'memoryStore: there is no option maxSesions. There are: clock, maxSessions.',
    );
    expect(call({ max: 5 })).toThrow('no option max: it is called `maxSessions`.');
    expect(call({ ttl: 60 })).toThrow('no option ttl: a session lives');
  });

  it.each([0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 53])('refuses maxSessions %d', (maxSessions) => {
    expect(() => resolveOptions({ maxSessions })).toThrowError(
      expect.toSatisfy((error: unknown) => SessError.is(error, 'ERR_SESS_CONFIG')),
    );
    expect(() => resolveOptions({ maxSessions })).toThrowError(
      `maxSessions is ${maxSessions}; give a positive integer`,
    );
  });
});
