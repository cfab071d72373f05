import { describe, expect, test } from 'vitest';
import { jsonCodec } from './codec.js';

describe('jsonCodec', () => {
  test('writes and reads JSON', () => {
    const data = { name: 'Ann', tags: ['a', 'b'], nested: { yes: true } };
    expect(jsonCodec.stringify(data)).toBe(JSON.stringify(data));
    expect(jsonCodec.parse(jsonCodec.stringify(data))).toEqual(data);
  });

  test('writes half a surrogate pair as an escape: a store is given well-formed Unicode', () => {
    const text = jsonCodec.stringify({ name: '\ud800' });
    expect(text).toBe('{"name":"\\ud800"}');
    expect(jsonCodec.parse(text)).toEqual({ name: '\ud800' });
  });

  test('refuses what JSON would lose, and drops what a tampered text smuggles in', () => {
    expect(() => jsonCodec.check?.({ cart: new Map() })).toThrow('session.cart is of class Map');
    expect(jsonCodec.parse('{"__proto__":{"admin":true}}')).toEqual({});
  });
});
