import { describe, expect, test } from 'vitest';
import { type CookieOptions, resolveCookie } from './cookie-options.js';

describe('resolveCookie', () => {
  test('defaults', () => {
    expect(resolveCookie()).toEqual({
      name: 'sid',
      path: '/',
      domain: undefined,
      secure: 'auto',
      sameSite: 'lax',
      partitioned: false,
      persistent: false,
    });
    expect(Object.isFrozen(resolveCookie())).toBe(true);
  });

  test.each<[CookieOptions, string]>([
    [{ secure: true }, '__Host-sid'],
    [{ secure: true, path: '/' }, '__Host-sid'],
    [{ secure: true, domain: 'example.com' }, 'sid'],
    [{ secure: true, path: '/app' }, 'sid'],
    [{ secure: false }, 'sid'],
    [{ secure: 'auto' }, 'sid'],
    [{ secure: true, name: 'mine' }, 'mine'],
  ])('ASVS 3.3.3: the name for %o is %s', (options, name) => {
    expect(resolveCookie(options).name).toBe(name);
  });

  test('the cookie is persistent with maxAge, unless told otherwise', () => {
    expect(resolveCookie({ maxAge: 1000 }).persistent).toBe(true);
    expect(resolveCookie({ maxAge: 1000, persistent: false }).persistent).toBe(false);
    expect(resolveCookie({ persistent: true }).persistent).toBe(true);
  });

  test.each<[CookieOptions]>([
    [{ sameSite: 'none', secure: true }],
    [{ partitioned: true, secure: true }],
    [{ name: '__Secure-a', secure: true, domain: 'example.com', path: '/app' }],
    [{ name: '__Http-a', secure: true, domain: 'example.com', path: '/app' }],
    [{ name: '__Host-a', secure: true }],
    [{ name: '__host_a' }],
    [{ name: 'x__Host-a' }],
    [{ name: "!#$%&'*+-.^_`|~aZ09" }],
    [{ name: 'n'.repeat(256) }],
    [{ path: `/${'p'.repeat(1023)}` }],
    [{ path: '/a b~' }],
    [{ domain: 'localhost' }],
    [{ domain: '.example.com' }],
    [{ domain: 'xn--bcher-kva.example' }],
    [{ domain: `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}` }],
    [{ httpOnly: true }],
  ])('accepts %o', (options) => {
    expect(() => resolveCookie(options)).not.toThrow();
  });

  // RFC 6265bis and ASVS 3.3: browsers would drop the cookie, or keep another than was meant.
  test.each<[string, unknown, RegExp]>([
    ['no name', { name: '' }, /cookie\.name is ""; it takes 1 to 256 letters/],
    ['a name with a blank', { name: 'my sid' }, /cookie\.name is "my sid"/],
    ['attribute injection by name', { name: 'sid; Domain=evil.example' }, /cookie\.name/],
    ['a name with =', { name: 'a=b' }, /cookie\.name/],
    ['a name with a line feed', { name: 'a\n' }, /cookie\.name/],
    ['a name with a Unicode letter', { name: 'sïd' }, /cookie\.name/],
    ['prefix spoofing by a Unicode space', { name: '\u2000__Host-sid' }, /cookie\.name/],
    ['a name of 257 bytes', { name: 'n'.repeat(257) }, /1 to 256/],
    ['a relative path', { path: 'app' }, /cookie\.path is "app"; it takes a path such as '\/' or '\/app'/],
    ['an empty path', { path: '' }, /cookie\.path/],
    ['attribute injection by path', { path: '/; HttpOnly=0' }, /without ';'/],
    ['a path with a line feed', { path: '/a\r\nSet-Cookie: x=y' }, /cookie\.path/],
    ['a path beyond ASCII', { path: '/ä' }, /in ASCII/],
    ['a path of 1025 bytes', { path: `/${'p'.repeat(1024)}` }, /cookie\.path/],
    [
      'attribute injection by domain',
      { domain: 'example.com; Path=/' },
      /cookie\.domain is "example\.com; Path=\/"; it takes a host name/,
    ],
    ['a domain of null', { domain: null }, /cookie\.domain is null; it takes a host name/],
    ['a domain with a scheme', { domain: 'https://example.com' }, /cookie\.domain/],
    ['a domain with a port', { domain: 'example.com:80' }, /cookie\.domain/],
    ['an empty domain', { domain: '' }, /cookie\.domain/],
    ['a domain that ends in a dot', { domain: 'example.com.' }, /cookie\.domain/],
    ['a label of 64 letters', { domain: `${'a'.repeat(64)}.com` }, /cookie\.domain/],
    ['a domain of 254 bytes', { domain: `${'a.'.repeat(126)}aa` }, /cookie\.domain/],
    [
      'SameSite in capitals',
      { sameSite: 'Lax' },
      /cookie\.sameSite is "Lax"; it takes 'lax', 'strict' \(what others call true\) or 'none'/,
    ],
    ['SameSite as a truth value', { sameSite: true }, /cookie\.sameSite is true/],
    ['SameSite null', { sameSite: null }, /cookie\.sameSite is null/],
    ['secure as text', { secure: 'true' }, /cookie\.secure is "true"; it takes true, false or 'auto'/],
    ['persistent as text', { persistent: 'false' }, /cookie\.persistent is "false"; it takes true or false/],
    ['partitioned as text', { partitioned: 'false', secure: true }, /cookie\.partitioned is "false"/],
    ['httpOnly switched off', { httpOnly: false }, /cookie\.httpOnly cannot be switched off: .* Remove the option/],
    ['SameSite=None without Secure', { sameSite: 'none' }, /'none' needs cookie\.secure: true/],
    ['SameSite=None, Secure false', { sameSite: 'none', secure: false }, /'none' needs cookie\.secure: true/],
    ['Partitioned without Secure', { partitioned: true }, /cookie\.partitioned needs cookie\.secure: true/],
    [
      '__Secure- without Secure',
      { name: '__Secure-a' },
      /__Secure-a needs cookie\.secure: true, as its prefix promises/,
    ],
    ['__Http- without Secure', { name: '__Http-a' }, /__Http-a needs cookie\.secure: true/],
    ['__Host- without Secure', { name: '__Host-a' }, /__Host-a needs cookie\.secure: true/],
    [
      '__Host- with a domain',
      { name: '__Host-a', secure: true, domain: 'a.example' },
      /allows no cookie\.domain; drop one/,
    ],
    ['__Host- with a path', { name: '__Host-a', secure: true, path: '/a' }, /needs cookie\.path '\/'; it is "\/a"/],
    ['the prefix in other letters', { name: '__hOsT-a', secure: true, path: '/a' }, /needs cookie\.path '\/'/],
    ['__SECURE- without Secure', { name: '__SECURE-a', secure: false }, /needs cookie\.secure: true/],
  ])('refuses %s, and says what to write', (_, options, message) => {
    const resolve = () => resolveCookie(options as CookieOptions);
    expect(resolve).toThrow(message);
    expect(resolve).toThrow(expect.objectContaining({ code: 'ERR_SESS_CONFIG' }));
  });
});
