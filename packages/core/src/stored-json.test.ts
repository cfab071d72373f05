import { afterEach, describe, expect, test } from 'vitest';
import { parseStoredJson } from './stored-json.js';

describe('parseStoredJson', () => {
  afterEach(() => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('reads JSON', () => {
    expect(parseStoredJson('{"a":[1,"b",null]}')).toEqual({ a: [1, 'b', null] });
    expect(parseStoredJson('7')).toBe(7);
  });

  test.each([[''], ['{'], ['undefined'], ["{'a':1}"], ['{"a":1}x']])('poisoned store: throws at %o', (text) => {
    expect(() => parseStoredJson(text)).toThrow(SyntaxError);
  });

  test.each([
    ['at the top', '{"__proto__":{"polluted":1},"a":1}', { a: 1 }],
    ['nested', '{"a":{"__proto__":{"polluted":1},"b":2}}', { a: { b: 2 } }],
    ['in a list', '[{"__proto__":1}]', [{}]],
    ['in what is dropped', '{"__proto__":{"__proto__":{"polluted":1}}}', {}],
    ['escaped', '{"\\u005f_proto__":{"polluted":1}}', {}],
    ['escaped with capitals', '{"_\\u005F\\u0070roto__":{"polluted":1}}', {}],
    ['escaped throughout', '{"\\u005f\\u005f\\u0070\\u0072\\u006f\\u0074\\u006f\\u005f\\u005f":{"polluted":1}}', {}],
    ['twice', '{"__proto__":1,"__proto__":{"polluted":1}}', {}],
  ])('prototype pollution: drops __proto__ %s', (_, text, value) => {
    const parsed = parseStoredJson(text);
    expect(parsed).toEqual(value);
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(value));
    expect((parsed as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('keeps __proto__ where it is text, and constructor and prototype where they are fields', () => {
    expect(parseStoredJson('{"a":"__proto__","b":["\\u005f_proto__"]}')).toEqual({ a: '__proto__', b: ['__proto__'] });
    expect(parseStoredJson('{"constructor":{"prototype":1}}')).toEqual({ constructor: { prototype: 1 } });
  });

  describe('poisoned store: nesting', () => {
    const padding = `"${'x'.repeat(5000)}"`;

    test('what could be written can be read', () => {
      const text = `{"padding":${padding},"value":${'['.repeat(499)}${']'.repeat(499)}}`;
      expect(JSON.stringify(parseStoredJson(text))).toBe(text);
    });

    test('refuses what is nested deeper than the stack is sure to hold', () => {
      expect(() => parseStoredJson(`[${padding},${'['.repeat(501)}${']'.repeat(501)}]`)).toThrow(/nested deeper/);
      expect(() => parseStoredJson('['.repeat(1_000_000))).toThrow(/nested deeper/);
      expect(() => parseStoredJson('{"a":'.repeat(1_000_000))).toThrow(/nested deeper/);
      expect(() => parseStoredJson(`{"__proto__":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toThrow(
        /nested deeper/,
      );
    });

    test('a short text may nest no deeper than a long one', () => {
      expect(() => parseStoredJson(`${'['.repeat(2048)}${']'.repeat(2048)}`)).toThrow(/deeper than 500/);
      expect(parseStoredJson(`{"__proto__":${'['.repeat(499)}${']'.repeat(499)}}`)).toEqual({});
    });

    test.each([
      ['brackets in text', `["${'['.repeat(10_000)}"]`],
      ['brackets after an escaped quote', `["\\"${'['.repeat(10_000)}"]`],
      ['brackets after an escaped backslash and an escaped quote', `["\\\\\\"${'{'.repeat(10_000)}"]`],
      ['many side by side', `[${'[],'.repeat(10_000)}[]]`],
    ])('is not deceived by %s', (_, text) => {
      expect(JSON.stringify(parseStoredJson(text))).toBe(text);
    });

    test('is not deceived by a text that ends in a backslash', () => {
      expect(() => parseStoredJson(`["\\\\",${padding},${'['.repeat(600)}`)).toThrow(/nested deeper/);
    });
  });
});
