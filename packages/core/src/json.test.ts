import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertJsonCarries } from './json.js';
import { parseStoredJson } from './stored-json.js';

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
