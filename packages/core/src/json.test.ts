import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { assertJsonCarries, parseStoredJson } from './json.js';

/** `levels` lists, each in the other. */
function nest(levels: number): unknown[] {
  let value: unknown[] = [];
  for (let i = 1; i < levels; i++) value = [value];
  return value;
}

describe('assertJsonCarries', () => {
  class Point {
    x = 1;
  }
  class Secret {
    readonly #value = 1;
    read() {
      return this.#value;
    }
  }

  test.each<[string, unknown]>([
    ['text, also empty and with half a surrogate pair', ['', 'a\ud800']],
    ['numbers', [0, -1.5, 1e300]],
    ['truth values and null', [true, false, null]],
    ['objects and lists', { a: [{ b: {} }, []] }],
    ['an absent field', { a: undefined }],
    ['an object without a prototype', Object.create(null)],
    ['an object of another realm', runInNewContext('({ a: {} })')],
    ['what writes itself for JSON', [new Date(0), new URL('https://example.com'), Buffer.from('a')]],
    ['an instance with fields', new Point()],
  ])('accepts %s', (_, value) => {
    expect(() => assertJsonCarries({ value })).not.toThrow();
  });

  test.each<[string, unknown, RegExp]>([
    ['a function', () => {}, /^session\.value is a function, which JSON does not carry$/],
    ['a symbol', Symbol('s'), /is a symbol/],
    ['a bigint', 10n, /is a bigint/],
    ['NaN', Number.NaN, /session\.value is NaN/],
    ['Infinity', -Infinity, /session\.value is -Infinity/],
    ['a Map', new Map(), /of class Map/],
    ['a Set', new Set([1]), /of class Set/],
    ['a WeakMap', new WeakMap(), /of class WeakMap/],
    ['a promise', Promise.resolve(), /of class Promise/],
    ['a RegExp', /x/, /of class RegExp/],
    ['an ArrayBuffer', new ArrayBuffer(1), /of class ArrayBuffer/],
    ['bytes, which would become an object of numbers', new Uint8Array(2), /of class Uint8Array/],
    ['a DataView', new DataView(new ArrayBuffer(1)), /of class DataView/],
    ['an error, which would become {}', new TypeError('lost'), /of class TypeError/],
    ['an error with fields', Object.assign(new Error('lost'), { code: 'E' }), /of class Error/],
    ['URLSearchParams', new URLSearchParams('a=1'), /of class URLSearchParams/],
    ['an instance without fields of its own', new Secret(), /of class Secret/],
    ['a Map with fields', Object.assign(new Map(), { a: 1 }), /of class Map/],
    ['a Map of another realm', runInNewContext('new Map()'), /of class Map/],
    ['undefined in a list', [1, undefined], /^session\.value\.1 is undefined, which JSON makes null in a list$/],
    // biome-ignore lint/suspicious/noSparseArray: a gap is the point.
    ['a gap in a list', [1, , 3], /^session\.value\.1 is undefined/],
  ])('refuses %s', (_, value, message) => {
    expect(() => assertJsonCarries({ value })).toThrow(message);
    expect(() => assertJsonCarries({ value })).toThrow(TypeError);
  });

  test('names the place', () => {
    expect(() => assertJsonCarries({ cart: { items: [{}, { price: 1n }] } })).toThrow(
      'session.cart.items.1.price is a bigint',
    );
  });

  test('refuses what is nested in itself, and what is nested beyond 500 levels', () => {
    const cart: { self?: object } = {};
    cart.self = cart;
    expect(() => assertJsonCarries({ cart })).toThrow('session.cart is nested 500 levels deep, or in itself');
    expect(() => assertJsonCarries({ value: nest(499) })).not.toThrow();
    expect(() => assertJsonCarries({ value: nest(500) })).toThrow('session.value is nested 500 levels deep');
  });

  test('whatever passes is read back as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything({ withDate: false, withBoxedValues: false })), (data) => {
        try {
          assertJsonCarries(data);
        } catch {
          return;
        }
        const text = JSON.stringify(data);
        expect(JSON.stringify(parseStoredJson(text))).toBe(dropProtoText(text));
      }),
    );
  });

  /** The text without its `__proto__` fields, by the one means that cannot get them wrong: a reviver. */
  function dropProtoText(text: string): string {
    return JSON.stringify(JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value)));
  }
});

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
      const text = JSON.stringify({ padding: 'x'.repeat(5000), value: nest(499) });
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
