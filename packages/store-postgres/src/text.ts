/**
 * PostgreSQL's text holds any UTF-8 string without NUL, half a surrogate pair has no UTF-8, and PGlite drops a leading byte
 * order mark. All three are written as ESC and four hexadecimal digits, and so is ESC itself;
 * everything else stays as it is and readable. No two strings are written alike, so comparing what is written compares
 * the strings.
 */
const mark = '\u001b';
const unkeepable = new RegExp(`[\\0${mark}\\ud800-\\udfff\\ufeff]`, 'gu');
const marked = new RegExp(`${mark}([0-9a-f]{4})`, 'g');

/** How long a key may be. A B-tree takes keys of up to 2,704 bytes, and UTF-8 takes at most three bytes for each unit of a string. */
const longestKey = 500;

/** Writes any string as text that PostgreSQL keeps faithfully. `decodeText` reads it. */
export function encodeText(text: string): string {
  return text.replace(unkeepable, (unit) => mark + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}

/** Reads what `encodeText` wrote. */
export function decodeText(text: string): string {
  return text.includes(mark)
    ? text.replace(marked, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
}

/**
 * Writes a string as the key of an index: as `encodeText` does, or, if that is too long for an index,
 * as its SHA-256 digest, from which the string cannot be read back (`isDigest`).
 */
export async function encodeKey(text: string): Promise<string> {
  const encoded = encodeText(text);
  if (encoded.length <= longestKey) return encoded;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(encoded)));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  // No digit follows this ESC, so no escaped text reads like a digest.
  return `${mark}sha256:${hex}`;
}

/** Whether `encodeKey` had to write a digest instead of the string. */
export function isDigest(key: string): boolean {
  return key.startsWith(`${mark}s`);
}
