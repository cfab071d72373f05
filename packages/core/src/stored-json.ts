import { maxDepth } from './json.js';

/**
 * Parses JSON that comes from a store, which may have been tampered with: `__proto__` keys are dropped wherever they
 * occur, and nesting too deep for the stack is refused. Throws if the text is not JSON.
 */
export function parseStoredJson(text: string): unknown {
  assertShallow(text);
  const value: unknown = JSON.parse(text);
  // The key cannot be there unless the text spells it, plainly or with an escape.
  if (text.includes('__proto__') || text.includes('\\u00')) dropProto(value);
  return value;
}

function assertShallow(text: string): void {
  if (text.length <= maxDepth || !mayBeDeep(text)) return;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) inString = !inString;
    else if (inString) i += code === backslash ? 1 : 0;
    else if (code === openBracket || code === openBrace) depth++;
    else if (code === closeBracket || code === closeBrace) depth--;
    if (depth > maxDepth + 1) throw new TypeError(`nested deeper than ${maxDepth} levels`);
  }
}

/** Whether a text has more brackets than may be nested; it nearly always has few, so searching for them is fast. */
function mayBeDeep(text: string): boolean {
  let openings = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      if (++openings > maxDepth) return true;
    }
  }
  return false;
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
