/** How deeply data may be nested. Beyond that, a hostile record could exhaust the stack. */
export const maxDepth = 500;

/** What JSON makes of a type: the type itself where JSON carries it, else a sentence that says why not. */
export type JsonOf<V> = unknown extends V
  ? V
  : V extends Json
    ? V
    : V extends JsonLost
      ? 'JSON does not carry this field: choose another type, or configure a codec'
      : { [K in keyof V]: JsonOf<V[K]> };

/** What JSON carries for certain. Asked first, since taking a type apart that contains itself in a list has no end. */
type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

type JsonLost =
  | bigint
  | symbol
  | Date
  | RegExp
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ArrayBuffer
  | ArrayBufferView
  | PromiseLike<unknown>
  | ((...parameters: never[]) => unknown);

/** Throws a `TypeError` that names the first place where JSON would silently lose part of `data`. */
export function assertJsonCarries(data: object): void {
  assertFields(data, []);
}

function assertFields(object: object, path: string[]): void {
  for (const key of Object.keys(object)) {
    const value: unknown = (object as Record<string, unknown>)[key];
    // Most fields are strings, which need no check.
    if (typeof value === 'string') continue;
    path.push(key);
    assertCarries(value, path);
    path.pop();
  }
}

function assertCarries(value: unknown, path: string[]): void {
  const lost = nameLost(value);
  if (lost !== undefined) throw new TypeError(`session.${path.join('.')} is ${lost}, which JSON does not carry`);
  // A `toJSON` is trusted to know what it does.
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return;
  if (path.length >= maxDepth)
    throw new TypeError(`session.${path[0]} is nested ${maxDepth} levels deep, or in itself`);
  if (Array.isArray(value)) assertNoGaps(value, path);
  assertFields(value, path);
}

/** An undefined field of an object is absent before and after; a list has no absent elements, and JSON makes them `null`. */
function assertNoGaps(list: readonly unknown[], path: readonly string[]): void {
  const gap = list.indexOf(undefined) === -1 ? list.findIndex((_, at) => !(at in list)) : list.indexOf(undefined);
  if (gap !== -1) throw new TypeError(`session.${path.join('.')}.${gap} is undefined, which JSON makes null in a list`);
}

function nameLost(value: unknown): string | undefined {
  switch (typeof value) {
    case 'function':
    case 'symbol':
    case 'bigint':
      return `a ${typeof value}`;
    case 'number':
      return Number.isFinite(value) ? undefined : String(value);
    case 'object':
      return value !== null && isEmptied(value) ? `of class ${nameOfClass(value)}` : undefined;
    default:
      return undefined;
  }
}

/** Whether `JSON.stringify` drops the object's content. Checked by tag and by prototype, since `instanceof` fails across realms. */
function isEmptied(value: object): boolean {
  if ('toJSON' in value || Array.isArray(value)) return false;
  if (ArrayBuffer.isView(value) || lostTags.has(Object.prototype.toString.call(value))) return true;
  return !isPlain(value) && Object.keys(value).length === 0;
}

/** Types that keep their content outside their fields. */
const lostTags: ReadonlySet<string> = new Set(
  ['Map', 'Set', 'WeakMap', 'WeakSet', 'Promise', 'RegExp', 'ArrayBuffer', 'Error'].map((name) => `[object ${name}]`),
);

/** Whether `value` is a plain object, of this realm or another. */
export function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOfClass(value: object): string {
  return (typeof value.constructor === 'function' && value.constructor.name) || 'Object';
}
