import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCookies } from './find-cookie.js';

/** What RFC 6265 makes of the header, written for clearness: split at semicolons, cut at the first '=', trim blanks. */
function parseSlowly(header: string, name: string): string[] {
  return header
    .split(';')
    .map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1).replace(/^[ \t]+/, ''))
    .slice(0, 4);
}

/** A text that counts how often a character of it is looked at one by one. */
function countLooks(header: string): { readonly observed: string; readonly looks: () => number } {
  let looks = 0;
  const count = (text: string): unknown =>
    new Proxy(Object(text) as object, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, text);
        if (key === 'charCodeAt') {
          looks++;
          return (at: number) => text.charCodeAt(at);
        }
        if (key === 'slice') return (start: number, end: number) => count(text.slice(start, end));
        if (key === 'indexOf') {
          return (needle: string, from = 0) => {
            const at = text.indexOf(needle, from);
            looks += (at === -1 ? text.length : at) - from;
            return at;
          };
        }
        return typeof member === 'function' ? member.bind(text) : member;
      },
    });
  return { observed: count(header) as string, looks: () => looks };
}

describe('findCookies', () => {
  test.each<[string, string | undefined, readonly string[]]>([
    ['no header', undefined, []],
    ['an empty header', '', []],
    ['one cookie', 'sid=a', ['a']],
    ['the first of several', 'sid=a; b=c', ['a']],
    ['the last of several', 'b=c; sid=a', ['a']],
    ['no blank after the semicolon', 'b=c;sid=a', ['a']],
    ['blanks and tabs about it', ' \t sid=\t a \t; b=c', ['a']],
    ['an empty value', 'sid=', ['']],
    ['an empty value and more', 'sid=; b=c', ['']],
    ['a value with =', 'sid=a=b==; c=d', ['a=b==']],
    ['two of one name, in the browser’s order', 'sid=a; sid=b', ['a', 'b']],
    ['five of one name: four are looked at', 'sid=1; sid=2; sid=3; sid=4; sid=5', ['1', '2', '3', '4']],
    ['none of this name', 'a=b; c=d', []],
    ['a longer name', 'xsid=a; sidx=b; x-sid=c', []],
    ['the name inside a value', 'a=sid=b; c="sid=d"', []],
    ['the name inside a value after a blank', 'a=b sid=c', []],
    ['the name without a value', 'sid; a=b', []],
    ['a nameless cookie', '=sid=a; =b', []],
    ['prefix spoofing: escapes are not decoded', '%73id=a; s%69d=b', []],
    ['prefix spoofing: other letters', 'SID=a; Sid=b', []],
    ['prefix spoofing: Unicode spaces stay part of the name', '\u00a0sid=a; \u2000sid=b; \ufeffsid=c', []],
    ['Unicode spaces stay part of the value', 'sid=\u00a0a\u2000', ['\u00a0a\u2000']],
    ['quotes stay part of the value', 'sid="a"', ['"a"']],
    ['only semicolons', ';;;;', []],
    ['semicolons before', ';; sid=a', ['a']],
    ['a comma is no border', 'a=b, sid=c', []],
  ])('%s', (_, header, expected) => {
    expect(findCookies(header, 'sid')).toEqual(expected);
  });

  test.each([['__Host-sid'], ['$'], ['a.b'], ['(a+)+$'], ['.*']])('takes the name %o as it stands', (name) => {
    expect(findCookies(`x=y; ${name}=v`, name)).toEqual(['v']);
    expect(findCookies('axb=v; sid=w', name)).toEqual([]);
  });

  test('finds what a plain parser finds', () => {
    const piece = fc.constantFrom('sid', '=', ';', ' ', '\t', 'x', 'sid=', '; sid=', '"', '\u00a0', ',');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const header = pieces.join('');
        expect(findCookies(header, 'sid')).toEqual(parseSlowly(header, 'sid'));
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, (length: number) => string]>([
    ['blanks', (length) => ' '.repeat(length)],
    ['blanks before the name', (length) => `${' '.repeat(length)}sid=a`],
    ['blanks in the value', (length) => `sid=${' '.repeat(length)}`],
    ['the name over and over, with blanks', (length) => 'x sid= '.repeat(length / 7)],
    ['the name over and over', (length) => 'sid='.repeat(length / 4)],
    ['nearly the name', (length) => 'sid'.repeat(length / 3)],
    ['nearly the name, and blanks', (length) => `x${' '.repeat(length / 2)}sid=`.repeat(2)],
    ['semicolons', (length) => ';'.repeat(length)],
    ['quotes', (length) => `sid="${'\\"'.repeat(length / 2)}`],
    ['many cookies', (length) => 'a=b; '.repeat(length / 5)],
  ])('cookie parsing, S4: the work is linear in the length: %s', (_, make) => {
    const header = make(20_000);
    const { observed, looks } = countLooks(header);
    findCookies(observed, 'sid');
    expect(looks()).toBeLessThanOrEqual(3 * header.length + 100);
  });
});
