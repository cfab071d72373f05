import { describe, expect, test } from 'vitest';
import { mergeData, valueAt } from './merge.js';

type Data = Record<string, unknown>;
type Rules = Parameters<typeof mergeData>[1];

const textOf = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
const merge = (base: Data, mine: Data, theirs: Data, rules: Rules = {}) =>
  mergeData({ base, mine, theirs }, rules, textOf);

describe('keys that one side changed', () => {
  test('L1: are taken from that side', () => {
    expect(merge({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 })).toEqual({ data: { a: 2, b: 2 }, conflicts: [] });
  });

  test('L1: additions of both are kept', () => {
    expect(merge({}, { a: 1 }, { b: 2 })).toEqual({ data: { a: 1, b: 2 }, conflicts: [] });
  });

  test('L3: a deletion survives a change elsewhere, on either side', () => {
    expect(merge({ a: 1, b: 1 }, { b: 1 }, { a: 1, b: 2 }).data).toEqual({ b: 2 });
    expect(merge({ a: 1, b: 1 }, { a: 1, b: 2 }, { b: 1 }).data).toEqual({ b: 2 });
  });

  test('L4: nothing changed here changes nothing there', () => {
    const theirs = { a: 2, c: [1] };
    expect(merge({ a: 1, b: 1 }, { a: 1, b: 1 }, theirs)).toEqual({ data: theirs, conflicts: [] });
  });

  test('a value that is there and null is not absent', () => {
    expect(merge({ a: null }, { a: null }, {}).data).toEqual({});
    expect(merge({}, { a: null }, {}).data).toEqual({ a: null });
  });

  test('nested values are compared by their text, and taken whole', () => {
    const result = merge({ cart: { n: 1 }, b: 1 }, { cart: { n: 1 }, b: 1 }, { cart: { n: 2 }, b: 1 });
    expect(result).toEqual({ data: { cart: { n: 2 }, b: 1 }, conflicts: [] });
  });
});

describe('keys that both changed', () => {
  test('L2: last, the default: the later commit wins, and it is reported', () => {
    expect(merge({ a: 1 }, { a: 2 }, { a: 3 })).toEqual({ data: { a: 2 }, conflicts: [{ key: 'a', rule: 'last' }] });
    expect(merge({ a: 1 }, {}, { a: 3 })).toEqual({ data: {}, conflicts: [{ key: 'a', rule: 'last' }] });
    expect(merge({ a: 1 }, { a: 2 }, {})).toEqual({ data: { a: 2 }, conflicts: [{ key: 'a', rule: 'last' }] });
  });

  test.each(['last', 'reject'] as const)('%s: the same change on both sides is no conflict', (rule) => {
    expect(merge({ a: 1 }, { a: 2 }, { a: 2 }, { a: rule })).toEqual({ data: { a: 2 }, conflicts: [] });
    expect(merge({ a: 1 }, {}, {}, { a: rule })).toEqual({ data: {}, conflicts: [] });
    expect(merge({}, { a: [1] }, { a: [1] }, { a: rule })).toEqual({ data: { a: [1] }, conflicts: [] });
  });

  test('reject: fails, names every such key and says what to do', () => {
    const rules = { a: 'reject', b: 'reject' } as const;
    const attempt = () => merge({ a: 1, b: 1, c: 1 }, { a: 2, b: 2, c: 2 }, { a: 3, b: 3, c: 3 }, rules);
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_SESS_CONFLICT', status: 409 }));
    expect(attempt).toThrow(/session\.a, session\.b at the same time.*'reject'.*try again/);
    expect(merge({ a: 1 }, { a: 2 }, { a: 1 }, { a: 'reject' }).data).toEqual({ a: 2 });
  });

  test.each<[string, number | undefined, number | undefined, number | undefined, number | undefined]>([
    ['both add', 10, 12, 15, 17],
    ['one adds, one takes away', 10, 11, 4, 5],
    ['both add the same', 10, 11, 11, 12],
    ['both begin', undefined, 1, 2, 3],
    ['mine starts anew, theirs adds', 10, undefined, 12, 2],
    ['theirs starts anew, mine adds', 10, 12, undefined, 2],
    ['both start anew', 10, undefined, undefined, undefined],
    ['fractions', 0.5, 0.75, 1, 1.25],
  ])('counter: %s', (_, base, mine, theirs, expected) => {
    const data = (count: number | undefined): Data => (count === undefined ? {} : { count });
    expect(merge(data(base), data(mine), data(theirs), { count: 'counter' }).data).toEqual(data(expected));
  });

  test.each<[string, number | undefined, number | undefined, number | undefined, number | undefined]>([
    ['mine is greater', 1, 3, 2, 3],
    ['theirs is greater', 1, 2, 3, 3],
    ['both have lowered it', 9, 2, 3, 3],
    ['mine is gone', 1, undefined, 2, 2],
    ['theirs is gone', 1, 2, undefined, 2],
    ['both are gone', 1, undefined, undefined, undefined],
    ['negative numbers', undefined, -3, -2, -2],
  ])('max: %s', (_, base, mine, theirs, expected) => {
    const data = (top: number | undefined): Data => (top === undefined ? {} : { top });
    expect(merge(data(base), data(mine), data(theirs), { top: 'max' }).data).toEqual(data(expected));
  });

  test.each<[string, unknown[] | undefined, unknown[] | undefined, unknown[] | undefined, unknown[] | undefined]>([
    ['both add', ['a'], ['a', 'b'], ['a', 'c'], ['a', 'c', 'b']],
    ['both add the same', ['a'], ['a', 'b'], ['a', 'b'], ['a', 'b']],
    ['both begin', undefined, ['a'], ['b'], ['b', 'a']],
    ['mine removes, theirs adds', ['a', 'b'], ['b'], ['a', 'b', 'c'], ['b', 'c']],
    ['theirs removes, mine adds', ['a', 'b'], ['a', 'b', 'c'], ['b'], ['b', 'c']],
    ['both remove different ones', ['a', 'b', 'c'], ['b', 'c'], ['a', 'b'], ['b']],
    ['mine is gone, theirs adds', ['a'], undefined, ['a', 'b'], ['b']],
    ['both are gone', ['a'], undefined, undefined, undefined],
    ['objects are the same if their JSON is', [{ id: 1 }], [{ id: 1 }, { id: 2 }], [], [{ id: 2 }]],
    ['a number is not its text', [], [1], ['1'], ['1', 1]],
  ])('union: %s', (_, base, mine, theirs, expected) => {
    const data = (tags: unknown[] | undefined): Data => (tags === undefined ? {} : { tags });
    expect(merge(data(base), data(mine), data(theirs), { tags: 'union' }).data).toEqual(data(expected));
  });

  test('a function is given the three values, `undefined` for an absent one, and decides', () => {
    const calls: unknown[][] = [];
    const rule = (...values: unknown[]) => {
      calls.push(values);
      return 'decided';
    };
    expect(merge({ a: 1 }, { a: 2, b: 1 }, { a: 3, b: 2 }, { a: rule, b: rule })).toEqual({
      data: { a: 'decided', b: 'decided' },
      conflicts: [
        { key: 'a', rule: 'function' },
        { key: 'b', rule: 'function' },
      ],
    });
    expect(calls).toEqual([
      [1, 2, 3],
      [undefined, 1, 2],
    ]);
  });

  test('a function that answers undefined deletes; one that throws fails the merge', () => {
    expect(merge({ a: 1 }, { a: 2 }, { a: 3 }, { a: () => undefined }).data).toEqual({});
    const fail = () => {
      throw new Error('no answer');
    };
    expect(() => merge({ a: 1 }, { a: 2 }, { a: 3 }, { a: fail })).toThrow('no answer');
  });

  test.each(['counter', 'max', 'union'] as const)(
    'where %s does not fit, last decides, and is what is reported',
    (rule) => {
      const rules = { a: rule };
      expect(merge({ a: 'x' }, { a: 'y' }, { a: 'z' }, rules)).toEqual({
        data: { a: 'y' },
        conflicts: [{ key: 'a', rule: 'last' }],
      });
      expect(merge({ a: 'x' }, { a: 'y' }, { a: 'y' }, rules)).toEqual({ data: { a: 'y' }, conflicts: [] });
    },
  );
});

describe('keys with names that objects inherit', () => {
  test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'prototype pollution: %s is a key like others',
    (key) => {
      expect(merge({}, { [key]: 1 }, { b: 1 })).toEqual({ data: { [key]: 1, b: 1 }, conflicts: [] });
      expect(merge({ [key]: 1 }, {}, { [key]: 1, b: 2 }).data).toEqual({ b: 2 });
      expect(merge({ [key]: 1 }, { [key]: 2 }, { [key]: 3 }).conflicts).toEqual([{ key, rule: 'last' }]);
    },
  );

  test('valueAt sees what is there itself', () => {
    expect(valueAt({ a: 1 }, 'a')).toBe(1);
    expect(valueAt({}, 'constructor')).toBeUndefined();
    expect(valueAt({ constructor: 1 }, 'constructor')).toBe(1);
  });
});

test('changes none of its three inputs', () => {
  const freeze = (data: Data) => {
    for (const value of Object.values(data)) Object.freeze(value);
    return Object.freeze(data);
  };
  const rules = { tags: 'union', count: 'counter' } as const;
  const result = merge(
    freeze({ tags: ['a'], count: 1 }),
    freeze({ tags: ['a', 'b'], count: 2 }),
    freeze({ tags: ['c'], count: 3 }),
    rules,
  );
  expect(result.data).toEqual({ tags: ['c', 'b'], count: 4 });
});
