import { describe, expect, test } from 'vitest';
import { jsonCodec } from './codec.js';
import { hasMore, validateStored } from './fixed-point.js';
import type { Schema } from './schema.js';

const createSchema = (make: (value: object) => unknown): Schema => ({
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: make(value as object) as object }) },
});
const issuesOf = (text: string, make: (value: object) => unknown) => {
  const verdict = validateStored(createSchema(make), jsonCodec, text);
  return 'issues' in verdict ? verdict.issues : [];
};

describe('validateStored', () => {
  test('what comes back as it was, in whatever order and with whatever is added, is accepted', () => {
    expect(issuesOf('{"a":1,"b":{"c":[1,null]}}', (value) => value)).toEqual([]);
    expect(issuesOf('{"a":1,"b":{"c":[1]}}', () => ({ b: { d: 2, c: [1] }, a: 1, e: 3 }))).toEqual([]);
  });

  test('a schema may answer something of a class of its own', () => {
    class Shop {
      cart = [1];
      name = 'x';
    }
    expect(issuesOf('{"name":"x","cart":[1]}', () => new Shop())).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['dropped', {}, 'session.a: not in the schema'],
    ['dropped, with an inherited name', Object.create({ a: { b: [1, 2] } }), 'session.a: not in the schema'],
    ['nested and dropped', { a: {} }, 'session.a.b: not in the schema'],
    ['changed', { a: { b: [1, 3] } }, 'session.a.b.1: the schema makes something else of it at every load'],
    ['of another length', { a: { b: [1] } }, 'session.a.b: the schema makes something else of it at every load'],
    [
      'no list any more',
      { a: { b: { 0: 1, 1: 2 } } },
      'session.a.b: the schema makes something else of it at every load',
    ],
  ])('what would be %s is named', (_, made, issue) => {
    expect(issuesOf('{"a":{"b":[1,2]}}', () => made)).toEqual([issue]);
  });

  test('also in one object that the schema puts in two places', () => {
    const same = { n: 0 };
    expect(issuesOf('{"a":{},"b":{"m":5}}', () => ({ a: same, b: same }))).toEqual(['session.b.m: not in the schema']);
  });

  test('what JSON would lose of it is an issue, even where the text is the same', () => {
    expect(issuesOf('{"a":null}', () => ({ a: Number.NaN }))).toEqual([
      'session: session.a is NaN, which JSON does not carry',
    ]);
  });

  test('also if the schema works on the very data that it is given', () => {
    const drop = (value: object) => {
      Reflect.deleteProperty(value, 'a');
      return value;
    };
    expect(issuesOf('{"a":1}', drop)).toEqual(['session.a: not in the schema']);
  });
});

test('hasMore: whether something was added or changed', () => {
  expect(hasMore(jsonCodec, { a: 1, b: { c: 1 } }, { b: { c: 1 }, a: 1 })).toBe(false);
  expect(hasMore(jsonCodec, { a: 1, gone: 1 }, { a: 1 })).toBe(false);
  expect(hasMore(jsonCodec, { a: 1, b: {} }, { a: 1, b: { c: 1 } })).toBe(true);
  expect(hasMore(jsonCodec, { a: '1' }, { a: 1 })).toBe(true);
});
