import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeData } from './merge.js';

type Data = Record<string, unknown>;
type Rules = Parameters<typeof mergeData>[1];

const textOf = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
const merge = (base: Data, mine: Data, theirs: Data, rules: Rules = {}) =>
  mergeData({ base, mine, theirs }, rules, textOf);

const keys = ['a', 'b', 'c', 'constructor', '__proto'] as const;
const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }));
const data = fc.dictionary(fc.constantFrom(...keys), value).map((fields) => ({ ...fields }));
const rules = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom('last', 'counter', 'max', 'union'));

const isChanged = (before: Data, after: Data, key: string) =>
  textOf(Object.hasOwn(before, key) ? before[key] : undefined) !==
  textOf(Object.hasOwn(after, key) ? after[key] : undefined);
const at = (fields: Data, key: string) => (Object.hasOwn(fields, key) ? fields[key] : undefined);

describe('mergeData', () => {
  test('L1, L3: a key that only one side changed, set or deleted, is as that side has it, under every rule', () => {
    fc.assert(
      fc.property(data, data, data, rules, (base, mine, theirs, ruleOf) => {
        const merged = merge(base, mine, theirs, ruleOf).data;
        for (const key of keys) {
          const [byMe, byThem] = [isChanged(base, mine, key), isChanged(base, theirs, key)];
          if (byMe && !byThem) expect(at(merged, key)).toEqual(at(mine, key));
          if (!byMe) expect(at(merged, key)).toEqual(at(theirs, key));
        }
      }),
    );
  });

  test('L2: a conflict is reported for each key that both changed differently, and for no other', () => {
    fc.assert(
      fc.property(data, data, data, (base, mine, theirs) => {
        const contested = keys.filter(
          (key) => isChanged(base, mine, key) && isChanged(base, theirs, key) && isChanged(mine, theirs, key),
        );
        const reported = merge(base, mine, theirs).conflicts.map(({ key }) => key);
        expect([...reported].sort()).toEqual([...contested].sort());
      }),
    );
  });

  test('L4: who changed nothing, or changed it back, gives way', () => {
    fc.assert(
      fc.property(data, data, rules, (base, theirs, ruleOf) => {
        expect(merge(base, structuredClone(base), theirs, ruleOf)).toEqual({ data: theirs, conflicts: [] });
        expect(merge(base, theirs, structuredClone(base), ruleOf)).toEqual({ data: theirs, conflicts: [] });
      }),
    );
  });

  test('counter: the sum of what all did, in whatever order they commit', () => {
    const steps = fc.array(fc.integer({ min: -100, max: 100 }).filter(Boolean), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.integer(), steps, (start, differences) => {
        let stored: Data = { n: start };
        for (const difference of differences) {
          stored = merge({ n: start }, { n: start + difference }, stored, { n: 'counter' }).data;
        }
        expect(stored).toEqual({ n: differences.reduce((sum, difference) => sum + difference, start) });
      }),
    );
  });

  test('max: the greatest of what all wrote, in whatever order they commit', () => {
    const written = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(written, (values) => {
        let stored: Data = { n: 0 };
        for (const n of values) stored = merge({ n: 0 }, { n }, stored, { n: 'max' }).data;
        expect(stored).toEqual({ n: Math.max(...values) });
      }),
    );
  });

  test('union: commutes but for the order, keeps every addition and every removal', () => {
    const set = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 6 });
    const sorted = (list: unknown) => [...((list ?? []) as number[])].sort((a, b) => a - b);
    fc.assert(
      fc.property(set, set, set, (base, mine, theirs) => {
        const unite = (one: number[], other: number[]) =>
          sorted(merge({ s: base }, { s: one }, { s: other }, { s: 'union' }).data.s);
        const merged = unite(mine, theirs);
        expect(merged).toEqual(unite(theirs, mine));
        const all = [...new Set([...base, ...mine, ...theirs])];
        const expected = all.filter((element) => {
          const isAdded = !base.includes(element);
          return isAdded || (mine.includes(element) && theirs.includes(element));
        });
        expect(merged).toEqual(sorted(expected));
      }),
    );
  });
});
