import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShardedMap } from './sharded-map.js';

describe('ShardedMap', () => {
  it('is a Map, whatever the keys are', () => {
    const key = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('__proto__', 'constructor', 'x'.repeat(100_000)));
    const change = fc.record({ key, value: fc.option(fc.nat(), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const map = new ShardedMap<number>();
        const model = new Map<string, number>();
        for (const { key, value } of changes) {
          if (value === undefined) {
            map.delete(key);
            model.delete(key);
          } else {
            map.set(key, value);
            model.set(key, value);
          }
          expect(map.size).toBe(model.size);
          expect(map.get(key)).toBe(value);
        }
        for (const [key, value] of model) expect(map.get(key)).toBe(value);
      }),
    );
  });

  it('keeps every key through many splits', () => {
    const map = new ShardedMap<number>();
    for (let n = 0; n < 20_000; n++) map.set(`key-${n}@example.com`, n);
    for (let n = 0; n < 20_000; n += 2) map.delete(`key-${n}@example.com`);

    expect(map.size).toBe(10_000);
    for (let n = 0; n < 20_000; n++) expect(map.get(`key-${n}@example.com`)).toBe(n % 2 === 0 ? undefined : n);
  });

  it('keeps each key once: a split moves keys and leaves none behind', () => {
    const maps = new Set<Map<unknown, unknown>>();
    const { set } = Map.prototype;
    Map.prototype.set = function note(key: unknown, value: unknown) {
      maps.add(this);
      return set.call(this, key, value);
    };
    try {
      const map = new ShardedMap<number>();
      for (let n = 0; n < 5_000; n++) map.set(`key${n}`, n);
    } finally {
      Map.prototype.set = set;
    }
    expect(maps.size).toBeGreaterThan(10);
    expect([...maps].reduce((sum, map) => sum + map.size, 0)).toBe(5_000);
  });

  // One Map would copy all of its keys each time it is full: a pause of tens of milliseconds at a million.
  it.each([
    ['random', (n: number) => Math.imul(n, 2_654_435_761).toString(36).padStart(8, '0')],
    ['counted', (n: number) => `session-${String(n).padStart(8, '0')}`],
    ['alike at the end', (n: number) => `user${n}@mail.example.com`],
  ])('never moves many keys at once when keys are %s', (_name, keyOf) => {
    const map = new ShardedMap<number>();
    let most = 0;
    for (let n = 0; n < 20_000; n++)
      most = Math.max(
        most,
        countMoves(() => map.set(keyOf(n), n)),
      );
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(600);
  });
});

/** How many keys `run` puts into a `Map` of any kind. */
function countMoves(run: () => void): number {
  let moves = 0;
  const { set } = Map.prototype;
  Map.prototype.set = function count(key: unknown, value: unknown) {
    moves++;
    return set.call(this, key, value);
  };
  try {
    run();
  } finally {
    Map.prototype.set = set;
  }
  return moves;
}
