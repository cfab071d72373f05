import { describe, expect, test } from 'vitest';
import { createBearer, createId } from '../token.js';
import { type CookieOptions, resolveCookie } from './cookie-options.js';
import { CookieWriter } from './cookie-writer.js';

const writer = (options?: CookieOptions) => new CookieWriter(resolveCookie(options));
const hour = 3_600_000;
const day = 24 * hour;

describe('CookieWriter.set', () => {
  test.each<[CookieOptions, boolean, string]>([
    [{}, false, 'sid=T; Path=/; HttpOnly; SameSite=Lax'],
    [{}, true, 'sid=T; Path=/; HttpOnly; SameSite=Lax; Secure'],
    [{ secure: false }, true, 'sid=T; Path=/; HttpOnly; SameSite=Lax'],
    [{ secure: true }, true, '__Host-sid=T; Path=/; HttpOnly; SameSite=Lax; Secure'],
    [{ sameSite: 'strict' }, false, 'sid=T; Path=/; HttpOnly; SameSite=Strict'],
    [{ sameSite: 'none', secure: true }, true, '__Host-sid=T; Path=/; HttpOnly; SameSite=None; Secure'],
    [{ partitioned: true, secure: true, name: 'p' }, true, 'p=T; Path=/; HttpOnly; SameSite=Lax; Partitioned; Secure'],
    [{ domain: 'example.com', path: '/app' }, false, 'sid=T; Domain=example.com; Path=/app; HttpOnly; SameSite=Lax'],
    [{ persistent: true }, false, 'sid=T; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax'],
    [{ maxAge: '5m' }, true, 'sid=T; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax; Secure'],
  ])('%o, https %s: %s', (options, https, expected) => {
    expect(writer(options).set('T', hour, https)).toBe(expected);
  });

  test('a session that is remembered has a persistent one among others, and the other way round', () => {
    expect(writer().set('T', hour, false, true)).toBe('sid=T; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax');
    expect(writer({ persistent: true }).set('T', hour, false, false)).toBe('sid=T; Path=/; HttpOnly; SameSite=Lax');
  });

  test.each([
    [1, 1],
    [999, 1],
    [1000, 1],
    [1001, 2],
    [59_999.5, 60],
    [0, 0],
    [-1, 0],
  ])(
    'E5: a life of %d ms is a Max-Age of %d s: never shorter, and longer by less than one second',
    (lifetime, seconds) => {
      expect(writer({ persistent: true }).set('T', lifetime, false)).toContain(`; Max-Age=${seconds};`);
    },
  );

  test('RFC 6265bis: a Max-Age of 400 days at most', () => {
    const persistent = writer({ persistent: true });
    expect(persistent.set('T', 400 * day, false)).toContain('; Max-Age=34560000;');
    expect(persistent.set('T', 400 * day + 1, false)).toContain('; Max-Age=34560000;');
    expect(persistent.set('T', Number.POSITIVE_INFINITY, false)).toContain('; Max-Age=34560000;');
  });

  test('ASVS 3.3.5: name and value stay far below 4096 bytes, whatever is configured', () => {
    const longest = writer({ name: 'n'.repeat(256), persistent: true });
    const token = `${createBearer(createId())}.${'s'.repeat(43)}`;
    const [pair = ''] = longest.set(token, hour, true).split(';');
    expect(Buffer.byteLength(pair)).toBe(256 + 1 + 97);
  });

  test('no attribute is longer than the 1024 bytes that browsers read, whatever is configured', () => {
    const longest = writer({
      path: `/${'p'.repeat(1023)}`,
      domain: `${`${'d'.repeat(61)}.`.repeat(4)}com`,
      persistent: true,
    });
    for (const attribute of longest
      .set('T', 400 * day, true)
      .split('; ')
      .slice(1)) {
      const [, value = ''] = attribute.split('=');
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(1024);
    }
  });
});

describe('CookieWriter.clear', () => {
  test.each<[CookieOptions, boolean, string]>([
    [{}, false, 'sid=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'],
    [{ secure: true }, true, '__Host-sid=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure'],
    [
      { domain: 'example.com', path: '/app', persistent: true, sameSite: 'strict' },
      true,
      'sid=; Max-Age=0; Domain=example.com; Path=/app; HttpOnly; SameSite=Strict; Secure',
    ],
    [
      { partitioned: true, secure: true, name: 'p' },
      true,
      'p=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Partitioned; Secure',
    ],
  ])('%o, https %s: %s', (options, https, expected) => {
    expect(writer(options).clear(https)).toBe(expected);
  });

  test('has the attributes of the cookie it removes, all of them', () => {
    for (const options of [{}, { secure: true }, { domain: 'a.example', path: '/b' }] as const) {
      for (const https of [true, false]) {
        const set = writer(options).set('T', hour, https);
        expect(writer(options).clear(https).replace('; Max-Age=0', '')).toBe(set.replace('=T', '='));
      }
    }
  });
});

describe('CookieWriter.canSend', () => {
  test('a browser keeps a Secure cookie only of HTTPS', () => {
    expect(writer({ secure: true }).canSend(false)).toBe(false);
    expect(writer({ secure: true }).canSend(true)).toBe(true);
    expect(writer({ secure: 'auto' }).canSend(false)).toBe(true);
    expect(writer({ secure: false }).canSend(false)).toBe(true);
  });
});

describe('CookieWriter.isPersistent', () => {
  test('as the policy says', () => {
    expect(writer().isPersistent).toBe(false);
    expect(writer({ maxAge: 1 }).isPersistent).toBe(true);
  });
});
