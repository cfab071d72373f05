import type { StandardSchemaV1 } from '@standard-schema/spec';
import { configError } from './errors.js';
import { isPromiseLike } from './flow.js';
import { isPlain } from './json.js';
import type { Awaitable } from './store.js';

/** Any schema that follows https://standardschema.dev: Zod, Valibot, ArkType and others. */
export type Schema<T extends object = object> = StandardSchemaV1<unknown, T>;

/** A schema's verdict on data: the value it makes of it, or what is wrong with it, one line per issue. */
export type Verdict = { readonly value: object } | { readonly issues: readonly string[]; readonly cause?: unknown };

/** Validates `data`. A schema that throws, as a transformation may on data it never expected, does not accept it (S5). */
export function validate(schema: Schema, data: unknown): Awaitable<Verdict> {
  try {
    const result = schema['~standard'].validate(data);
    return isPromiseLike(result) ? result.then(toVerdict).then(undefined, toFailure) : toVerdict(result);
  } catch (error) {
    return toFailure(error);
  }
}

function toVerdict(result: StandardSchemaV1.Result<object>): Verdict {
  return result.issues === undefined ? { value: copyOf(result.value) } : { issues: result.issues.map(formatIssue) };
}

/**
 * `value` with its plain objects and lists copied: what a schema fills in, such as Zod's `default` and `catch`, may be one object for all
 * sessions, and whoever changed it would show one visitor's data to everybody.
 */
function copyOf<V>(value: V, copies = new Map<unknown, unknown>()): V {
  if (!Array.isArray(value) && !isPlain(value)) return value;
  const known = copies.get(value);
  if (known !== undefined) return known as V;
  const copy = (Array.isArray(value) ? value.slice() : { ...value }) as V & Record<string, unknown>;
  if (Object.getPrototypeOf(value) === null) Object.setPrototypeOf(copy, null);
  copies.set(value, copy);
  for (const [key, field] of Object.entries(copy)) {
    if (typeof field === 'object') (copy as Record<string, unknown>)[key] = copyOf(field, copies);
  }
  return Object.isFrozen(value) ? Object.freeze(copy) : copy;
}

function toFailure(error: unknown): Verdict {
  return { issues: [`session: the schema threw ${String(error)}`], cause: error };
}

function formatIssue({ path = [], message }: StandardSchemaV1.Issue): string {
  const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
  return `${['session', ...keys].join('.')}: ${message}`;
}

/** Throws a configuration error unless `schema` is absent or follows the standard. */
export function assertSchema(schema: Partial<Schema> | undefined): void {
  if (schema === undefined || typeof schema?.['~standard']?.validate === 'function') return;
  throw configError(
    "schema does not follow Standard Schema (it has no '~standard'). Zod has it from 3.24 on, Valibot from 1.0, ArkType from 2.0.",
  );
}
