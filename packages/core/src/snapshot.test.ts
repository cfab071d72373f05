import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertJsonCarries } from './json.js';
import { isUnchanged, type Snapshot, takeSnapshot } from './snapshot.js';

type Data = Record<string, unknown>;

const snapshotOf = (data: object) => takeSnapshot(data) as Snapshot;

const set = (data: Data, fields: Data) => Object.assign(data, fields);
const remove = (data: Data, name: string) => Reflect.deleteProperty(data, name);

describe('a snapshot', () => {
  it.each<[string, Data, (data: never) => unknown]>([
    ['a field', { a: 1 }, (data: Data) => set(data, { a: 2 })],
    ['a new field', { a: 1 }, (data: Data) => set(data, { b: undefined })],
    ['a field less', { a: 1, b: 2 }, (data: Data) => remove(data, 'b')],
    ['a field of another name', { a: 1 }, (data: Data) => remove(set(data, { b: 1 }), 'a')],
    ['the order of fields', { a: 1, b: 2 }, (data: Data) => remove(data, 'a') && set(data, { a: 1 })],
    ['an object in an object', { a: { b: 1 } }, ({ a }: { a: Data }) => set(a, { b: 2 })],
    ['an object in a list', { a: [{ b: 1 }] }, ({ a }: { a: [Data] }) => set(a[0], { b: 2 })],
    ['an element', { a: [1, 2] }, ({ a }: { a: number[] }) => a.fill(3, 1)],
    ['an element more', { a: [1] }, ({ a }: { a: unknown[] }) => a.push(undefined)],
    ['an element less', { a: [1, 2] }, ({ a }: { a: number[] }) => a.pop()],
    ['an equal object in place of another', { a: {} }, (data: Data) => set(data, { a: {} })],
    ['a field of an empty object', { a: {} }, ({ a }: { a: Data }) => set(a, { b: 1 })],
    ['a method for JSON', { a: {} }, ({ a }: { a: Data }) => set(a, { toJSON: () => 'other' })],
    ['one of a list', { a: [1] }, ({ a }: { a: object }) => Object.assign(a, { toJSON: () => 'other' })],
    ['one of a prototype', { a: {} }, ({ a }: { a: object }) => Object.setPrototypeOf(a, { toJSON: () => 'other' })],
  ])('sees a change of %s', (_, data, change) => {
    const snapshot = snapshotOf(data);
    expect(isUnchanged(snapshot)).toBe(true);
    change(data as never);
    expect(isUnchanged(snapshot)).toBe(false);
  });

  it('is not taken of more objects than data may be nested deep', () => {
    expect(takeSnapshot({ list: Array.from({ length: 498 }, () => ({})) })).toBeDefined();
    expect(takeSnapshot({ list: Array.from({ length: 500 }, () => ({})) })).toBeUndefined();
    const ring: Data = {};
    expect(takeSnapshot(set(ring, { ring }))).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['an instance of a class', new (class Point {})()],
    ['a function', () => 1],
    ['a list that writes itself', Object.assign([1], { toJSON: () => 'other' })],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['a list with undefined in it', [undefined]],
    ['a list with a gap', new Array(1)],
  ])('is not taken of %s', (_, value) => {
    expect(takeSnapshot({ value })).toBeUndefined();
    expect(takeSnapshot({ list: [{ value }] })).toBeUndefined();
  });
});

const anything = fc.object({
  maxDepth: 4,
  values: [fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined), fc.date(), fc.bigInt()],
});

describe('of any data', () => {
  it('a snapshot is taken only of what JSON carries', () => {
    fc.assert(
      fc.property(anything, (data) => {
        if (takeSnapshot(data) !== undefined) assertJsonCarries(data);
      }),
    );
  });

  it('L1: whatever is written to it, data that counts as unchanged has the same text', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.jsonValue())),
        (value, writes) => {
          const data = { value };
          const before = JSON.stringify(data);
          const snapshot = snapshotOf(data);
          expect(isUnchanged(snapshot)).toBe(true);
          for (const [which, field, written] of writes) {
            const objects = objectsIn(data);
            const object = objects[which % objects.length] as Data;
            const names = [...Object.keys(object), 'added'];
            object[names[field % names.length] as string] = written;
            if (isUnchanged(snapshot)) expect(JSON.stringify(data)).toBe(before);
          }
        },
      ),
    );
  });
});

function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}
