import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Codec, jsonCodec } from './codec.js';
import { DataFormat, type DataOptions } from './data-format.js';
import { run } from './flow.js';

const create = (options: Partial<DataOptions> = {}) =>
  new DataFormat({ codec: jsonCodec, schema: undefined, initial: undefined, merge: {}, ...options });

/** A codec that notes what it is given. */
function createNotingCodec(): Codec & { readonly given: object[] } {
  const given: object[] = [];
  return {
    given,
    stringify(data) {
      given.push(data);
      return JSON.stringify(data);
    },
    parse: JSON.parse,
  };
}

describe('DataFormat', () => {
  test('initial data is fresh each time', () => {
    const format = create({ initial: { cart: [] } });
    const first = format.initial.drawNow();
    expect(first).toEqual({ data: { cart: [] }, text: '{"cart":[]}', isUnique: false });
    expect(format.initial.drawNow().data.cart).not.toBe(first.data.cart);
    expect(create().initial.drawNow()).toEqual({ data: {}, text: '{}', isUnique: false });
  });

  test('a codec is given plain objects, whatever the data sit on', () => {
    const codec = createNotingCodec();
    class Handle {
      name = 'Ann';
    }
    create({ codec }).textOf(new Handle());
    expect(codec.given.at(-1)).toEqual({ name: 'Ann' });
    expect(Object.getPrototypeOf(codec.given.at(-1))).toBe(Object.prototype);
  });

  test('data that has no text is an error that says why', () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    expect(() => create().textOf(cycle)).toThrow(
      expect.objectContaining({ code: 'ERR_SESS_DATA', cause: expect.any(TypeError) }),
    );
    expect(() => create().textOf({ n: 1n })).toThrow(/^The session was not stored\. .*BigInt/);
  });

  test.each(['', 'x', 'null', '7', '"text"', '[]', '{"id":1}', '{"destroy":1}'])('load: %o is corrupt', (text) => {
    expect(create().load(text)).toBe('corrupt');
  });

  test('load: data and its text', () => {
    expect(create().load('{"a":1}')).toEqual({ data: { a: 1 }, text: '{"a":1}' });
  });

  test('diff: the keys that differ, with both values, absent ones undefined', () => {
    expect(create().diff('{"a":1,"b":[1],"c":1}', '{"a":2,"b":[1],"toString":1}')).toEqual([
      { key: 'a', before: 1, after: 2 },
      { key: 'c', before: 1, after: undefined },
      { key: 'toString', before: undefined, after: 1 },
    ]);
    expect(create().diff('{"a":1}', '{"a":1}')).toEqual([]);
  });

  test('patch: makes changes to a text', () => {
    const changes = create().diff('{"a":1,"b":1}', '{"b":2,"constructor":3}');
    expect(create().patch('{"a":1,"b":1,"mine":1}', changes)).toBe('{"b":2,"mine":1,"constructor":3}');
  });

  test('merge: why what is stored cannot be read', () => {
    expect(run(create().merge('{}', '{"a":1}', 'damaged'))).toBe('corrupt');
    const schema = z.strictObject({ a: z.number().optional() });
    expect(run(create({ schema }).merge('{}', '{"a":1}', '{"b":1}'))).toBe('schema');
    expect(run(create().merge('{}', '{"a":1}', '{"b":1}'))).toEqual({
      data: { a: 1, b: 1 },
      text: '{"b":1,"a":1}',
      conflicts: [],
    });
  });
});
