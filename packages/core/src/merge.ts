import { configError, SessError } from './errors.js';
import type { MergeConflict } from './events.js';

/**
 * How to merge a key that two requests changed concurrently.
 * - `last`: the later commit's value.
 * - `reject`: the later commit fails with `ERR_SESS_CONFLICT` (HTTP 409), and nothing of it is written.
 * - `counter` (numbers): both differences are added. `max` (numbers): the greater one.
 * - `union` (arrays): what either added is in, what either removed is out.
 * - a function of the value before, mine and theirs (the one stored meanwhile); `undefined` stands for an absent key.
 */
export type MergeRule<V> =
  | 'last'
  | 'reject'
  | (MayBe<V, number> extends true ? 'counter' | 'max' : never)
  | (MayBe<V, readonly unknown[]> extends true ? 'union' : never)
  | ((base: V | undefined, mine: V | undefined, theirs: V | undefined) => V | undefined);

/** Whether a field of type `V` holds a `Kind`; one of unknown type may. */
type MayBe<V, Kind> = unknown extends V ? true : [Exclude<V, undefined>] extends [Kind] ? true : false;

/** A rule for some of the keys of `T`; the others follow `last`. */
export type MergeRules<T> = { readonly [K in keyof T]?: MergeRule<T[K]> };

type Data = Record<string, unknown>;
type AnyRule = MergeConflict['rule'] | ((base: unknown, mine: unknown, theirs: unknown) => unknown);

/** Gives equal texts for equal values. */
type TextOf = (value: unknown) => string | undefined;

/** One key's value as loaded, as changed here, as stored meanwhile. */
type Versions<V> = readonly [base: V | undefined, mine: V | undefined, theirs: V | undefined];

/** The three versions that a merge joins: as loaded, as changed here, as stored meanwhile. */
export interface MergeInput {
  readonly base: Data;
  readonly mine: Data;
  readonly theirs: Data;
}

/**
 * Merges two changes to one state, key by key. Keys that one side changed are taken from that side, deletions included; keys
 * that both changed follow their rule and are reported. Throws `ERR_SESS_CONFLICT` for a rule `reject`.
 * `textOf` gives equal texts for equal values.
 */
export function mergeData(
  { base, mine, theirs }: MergeInput,
  rules: Readonly<Record<string, AnyRule | undefined>>,
  textOf: TextOf,
): { readonly data: Data; readonly conflicts: readonly MergeConflict[] } {
  const data: Data = {};
  const conflicts: MergeConflict[] = [];
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const [before, here, there] = [valueAt(base, key), valueAt(mine, key), valueAt(theirs, key)];
    const textBefore = textOf(before);
    let value: unknown;
    if (textOf(here) === textBefore) value = there;
    else if (textOf(there) === textBefore) value = here;
    else {
      const rule = findRule(Object.hasOwn(rules, key) ? rules[key] : undefined, [before, here, there]);
      // Two equal writes do not conflict, unless each meant to add to what was there; two deletions never do.
      if (picksOneSide(rule) ? textOf(here) === textOf(there) : here === undefined && there === undefined) value = here;
      else {
        conflicts.push({ key, rule: typeof rule === 'function' ? 'function' : rule });
        value = applyRule(rule, [before, here, there], textOf);
      }
    }
    if (value !== undefined) data[key] = value;
  }
  refuseRejected(conflicts);
  return { data, conflicts };
}

/** The own value of `data` at `key`; `undefined` for none, even where every object inherits one, as at `constructor`. */
export function valueAt(data: object, key: string): unknown {
  return Object.hasOwn(data, key) ? (data as Data)[key] : undefined;
}

/** The rule for these values: `last` if none is set, or if the one that is set does not fit their types. */
function findRule(rule: AnyRule | undefined, values: Versions<unknown>): AnyRule {
  if (rule === 'counter' || rule === 'max') return values.every(isNumberOrAbsent) ? rule : 'last';
  if (rule === 'union') return values.every(isArrayOrAbsent) ? rule : 'last';
  return rule ?? 'last';
}

function picksOneSide(rule: AnyRule): boolean {
  return rule === 'last' || rule === 'reject';
}

/** What a rule makes of values that it fits. */
function applyRule(rule: AnyRule, [base, mine, theirs]: Versions<unknown>, textOf: TextOf): unknown {
  if (typeof rule === 'function') return rule(base, mine, theirs);
  if (rule === 'counter') return addBoth([base, mine, theirs] as Versions<number>);
  if (rule === 'max') return Math.max(...[mine, theirs].filter(isNumber));
  if (rule === 'union') return unite([base, mine, theirs] as Versions<readonly unknown[]>, textOf);
  return mine;
}

function addBoth([base = 0, mine = 0, theirs = 0]: Versions<number>): number {
  return theirs + mine - base;
}

/** Elements are the same if their texts are. Keeps the order of theirs, then of mine. */
function unite([base = [], mine = [], theirs = []]: Versions<readonly unknown[]>, textOf: TextOf): unknown[] {
  const textsOf = (elements: readonly unknown[]) => new Set(elements.map(textOf));
  const [inBase, inMine, inTheirs] = [textsOf(base), textsOf(mine), textsOf(theirs)];
  const kept = theirs.filter((element) => {
    const text = textOf(element);
    return inMine.has(text) || !inBase.has(text);
  });
  const added = mine.filter((element) => {
    const text = textOf(element);
    return !inBase.has(text) && !inTheirs.has(text);
  });
  return [...kept, ...added];
}

function refuseRejected(conflicts: readonly MergeConflict[]): void {
  const keys = conflicts.filter(({ rule }) => rule === 'reject').map(({ key }) => key);
  if (keys.length === 0) return;
  throw new SessError(
    'ERR_SESS_CONFLICT',
    `Another request changed session.${keys.join(', session.')} at the same time, and the merge rule is 'reject'. ` +
      'Nothing was stored; let the user see the current state and try again.',
  );
}

/** The error for a merge whose result is refused with `refusal`, though each change by itself was valid. */
export function incompatibleError(refusal: SessError): SessError<'ERR_SESS_CONFLICT'> {
  return new SessError(
    'ERR_SESS_CONFLICT',
    `Another request changed the session at the same time, and the two changes do not go together. ${refusal.message}. ` +
      'Let the user see the current state and try again.',
    { cause: refusal },
  );
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isNumberOrAbsent(value: unknown): value is number | undefined {
  return value === undefined || isNumber(value);
}

function isArrayOrAbsent(value: unknown): value is readonly unknown[] | undefined {
  return value === undefined || Array.isArray(value);
}

/** Throws a configuration error unless `rules` is absent or holds nothing but rules. */
export function assertMergeRules(rules: unknown): asserts rules is MergeRules<Data> | undefined {
  if (rules === undefined) return;
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules)) {
    throw configError('merge is no object; give { key: rule }.');
  }
  const known: readonly unknown[] = ['last', 'counter', 'union', 'max', 'reject', undefined];
  for (const [key, rule] of Object.entries(rules)) {
    if (typeof rule === 'function' || known.includes(rule)) continue;
    throw configError(
      `merge.${key} is ${JSON.stringify(rule)}; it takes 'last', 'counter', 'union', 'max', 'reject' or a function.`,
    );
  }
}
