/** How deep data may be nested. Beyond it a hostile record could exhaust the stack. */
const deepest = 500;

/** What JSON makes of a type: the type itself where JSON carries it, else a sentence that says why not. */
export type JsonOf<V> = unknown extends V
  ? V
  : V extends string | number | boolean | null | undefined
    ? V
    : V extends JsonLost
      ? 'JSON does not carry this field: choose another type, or configure a codec'
      : { [K in keyof V]: JsonOf<V[K]> };

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

/** Classes whose content `JSON.stringify` drops: it writes `{}` for them. */
const lostClasses = [Map, Set, WeakMap, WeakSet, Promise, RegExp, ArrayBuffer] as const;

/** Throws a `TypeError` that names the first place where JSON would lose something of `data` without a word. */
export function assertJsonCarries(data: object): void {
  for (const [key, value] of Object.entries(data)) assertCarries(value, [key]);
}

function assertCarries(value: unknown, path: string[]): void {
  const lost = nameLost(value);
  if (lost !== undefined) throw new TypeError(`session.${path.join('.')} is ${lost}, which JSON does not carry`);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return;
  if (path.length >= deepest) throw new TypeError(`session.${path[0]} is nested ${deepest} levels deep, or in itself`);
  for (const key of Object.keys(value)) {
    path.push(key);
    assertCarries((value as Record<string, unknown>)[key], path);
    path.pop();
  }
}

function nameLost(value: unknown): string | undefined {
  switch (typeof value) {
    case 'function':
    case 'symbol':
    case 'bigint':
      return `a ${typeof value}`;
    case 'number':
      return Number.isFinite(value) ? undefined : String(value);
    case 'object': {
      const lost = lostClasses.find((candidate) => value instanceof candidate);
      return lost && `a ${lost.name}`;
    }
    default:
      return undefined;
  }
}

/**
 * Parses JSON that comes from a store, which may have been tampered with: `__proto__` keys are dropped wherever they
 * stand, and nesting too deep for the stack is refused. Throws if the text is no JSON.
 */
export function parseStoredJson(text: string): unknown {
  assertShallow(text);
  const value: unknown = JSON.parse(text);
  // The key cannot be there unless the text spells it, plainly or with an escape.
  if (text.includes('__proto__') || text.includes('\\u00')) dropProto(value);
  return value;
}

function assertShallow(text: string): void {
  // A text as short as most are cannot nest deep enough to matter.
  if (text.length <= 4096) return;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) inString = !inString;
    else if (inString) i += code === backslash ? 1 : 0;
    else if (code === openBracket || code === openBrace) depth++;
    else if (code === closeBracket || code === closeBrace) depth--;
    if (depth > deepest + 1) throw new TypeError(`nested deeper than ${deepest} levels`);
  }
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function dropProto(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.getOwnPropertyNames(value)) {
    if (key === '__proto__') Reflect.deleteProperty(value, key);
    else dropProto((value as Record<string, unknown>)[key]);
  }
}
