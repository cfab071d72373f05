import type { Codec } from './codec.js';
import { messageOf } from './data-errors.js';
import { chain } from './flow.js';
import { isPlain } from './json.js';
import { type Schema, type Verdict, validate } from './schema.js';
import type { Awaitable } from './store.js';

/**
 * Validates data as it would be stored. The schema sees it again at the next load, and has to leave it unchanged: what it
 * would drop or change is an issue, what it adds is not. `source` is what the text was made of, where that is at hand.
 */
export function validateStored(schema: Schema, codec: Codec, text: string, source?: object): Awaitable<Verdict> {
  return chain(validate(schema, codec.parse(text)), (verdict) => {
    if ('issues' in verdict) {
      const stored = codec.parse(text);
      return { ...verdict, issues: verdict.issues.map((issue) => hintAtDate(issue, source, stored)) };
    }
    try {
      const value = { ...verdict.value };
      const written = codec.stringify(value);
      codec.check?.(value);
      // Parsed again: the schema may have modified the object it was given.
      const issues = written === text ? [] : [...findLosses(codec, codec.parse(text) as object, value)];
      return issues.length === 0 ? verdict : { issues };
    } catch (error) {
      return { issues: [`session: ${messageOf(error)}`], cause: error };
    }
  });
}

/** The issue, with a hint if it is about a `Date` that has become a string on its way into the text. */
function hintAtDate(issue: string, source: unknown, stored: unknown): string {
  const [, ...keys] = issue.slice(0, issue.indexOf(': ')).split('.');
  const isDate = valueAlong(keys, source) instanceof Date;
  if (!isDate || typeof valueAlong(keys, stored) !== 'string') return issue;
  return `${issue} (JSON made a string of a Date: use a schema that takes one back, such as z.coerce.date(), or give a codec)`;
}

function valueAlong(keys: readonly string[], from: unknown): unknown {
  const valueAt = (at: unknown, key: string) => Object.getOwnPropertyDescriptor(Object(at), key)?.value as unknown;
  return keys.reduce(valueAt, from);
}

/** Whether `after` holds anything that `before` does not. */
export function hasMore(codec: Codec, before: object, after: object): boolean {
  return findLosses(codec, after, before).next().done !== true;
}

/** The places of `before` that are missing from `after`, or differ there. */
function* findLosses(codec: Codec, before: object, after: object): Generator<string, void> {
  const textOf = (value: unknown) => codec.stringify({ value });
  // Some codecs carry cycles. A schema may have put one object in several places, each to be compared with what was there.
  const seen = new Map<unknown, Set<unknown>>();

  function* compare(path: string, was: unknown, is: unknown): Generator<string, void> {
    const compared = seen.get(is) ?? new Set();
    if (was === is || compared.has(was)) return;
    if (!areAlike(was, is)) {
      if (textOf(was) !== textOf(is)) yield `${path}: the schema makes something else of it at every load`;
      return;
    }
    seen.set(is, compared.add(was));
    for (const [key, value] of Object.entries(was as object)) {
      if (value === undefined) continue;
      if (Object.hasOwn(is, key)) yield* compare(`${path}.${key}`, value, is[key]);
      else yield `${path}.${key}: not in the schema`;
    }
  }

  yield* compare('session', before, after);
}

/** Whether two values are compared field by field: two plain objects, or two lists of equal length. */
function areAlike(a: unknown, b: unknown): b is Readonly<Record<string, unknown>> {
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && a.length === b.length;
  return isPlain(a) && isPlain(b);
}
