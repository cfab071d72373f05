import { expectTypeOf, test } from 'vitest';
import { createSessions, type MergeRule, type MergeRules, type SessionStore } from './index.js';

declare const store: SessionStore;

interface Data {
  visits: number;
  best?: number;
  tags: string[];
  pair?: readonly [number, number];
  name?: string;
  mixed?: number | string;
}

test('counter and max are for numbers, union for lists, the others for all', () => {
  const rules: MergeRules<Data> = {
    visits: 'counter',
    best: 'max',
    tags: 'union',
    pair: 'union',
    name: 'reject',
    mixed: 'last',
  };
  expectTypeOf(rules.visits).toExtend<MergeRule<number> | undefined>();
  // @ts-expect-error: a text cannot be counted.
  const counted: MergeRules<Data> = { name: 'counter' };
  // @ts-expect-error: nor have a maximum.
  const greatest: MergeRules<Data> = { name: 'max' };
  // @ts-expect-error: a number is no list.
  const united: MergeRules<Data> = { visits: 'union' };
  // @ts-expect-error: a list is no number.
  const added: MergeRules<Data> = { tags: 'counter' };
  // @ts-expect-error: not always a number.
  const sometimes: MergeRules<Data> = { mixed: 'counter' };
  // @ts-expect-error: there is no such rule.
  const unknown: MergeRules<Data> = { visits: 'sum' };
  // @ts-expect-error: there is no such field.
  const elsewhere: MergeRules<Data> = { visit: 'counter' };
  void [counted, greatest, united, added, sometimes, unknown, elsewhere];
});

test('a function is given the field’s type, absent or not, and answers it', () => {
  createSessions<Data>({
    store,
    initial: { visits: 0, tags: [] },
    merge: {
      best(base, mine, theirs) {
        expectTypeOf(base).toEqualTypeOf<number | undefined>();
        expectTypeOf(mine).toEqualTypeOf<number | undefined>();
        expectTypeOf(theirs).toEqualTypeOf<number | undefined>();
        return theirs;
      },
      // @ts-expect-error: a text is no list of texts.
      tags: (_base, mine) => mine?.[0],
    },
  });
});

test('fields of unknown type may have any rule', () => {
  createSessions({ store, merge: { visits: 'counter', tags: 'union', best: 'max', name: 'reject' } });
  // @ts-expect-error: but no other.
  createSessions({ store, merge: { visits: 'sum' } });
});
