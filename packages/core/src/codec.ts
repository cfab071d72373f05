import { configError } from './errors.js';
import { assertJsonCarries } from './json.js';
import { parseStoredJson } from './stored-json.js';

/**
 * How a session's data becomes text and back. The default is JSON; devalue and superjson carry `Date`, `Map` and more.
 * Changes are detected by comparing texts, so the same data must give the same text. It is well-formed Unicode: half a surrogate
 * pair is escaped.
 */
export interface Codec {
  /** The text for `data`, a plain object; throws if it cannot be written. */
  stringify(data: object): string;
  /** The data of a text from `stringify`; throws if it is not one. */
  parse(text: string): unknown;
  /** Throws if `stringify` would silently lose part of `data`. Called only when the text has changed. */
  check?(data: object): void;
}

/** JSON, except that it refuses what JSON would silently lose, such as a `Map`. */
export const jsonCodec: Codec = {
  stringify: (data) => JSON.stringify(data),
  parse: parseStoredJson,
  check: assertJsonCarries,
};

/** Throws a configuration error unless `codec` is absent or valid. */
export function assertCodec(codec: Partial<Codec> | undefined): void {
  if (codec === undefined) return;
  if (typeof codec?.stringify === 'function' && typeof codec.parse === 'function') return;
  throw configError('codec has no stringify and parse; give an object with both, such as devalue or superjson.');
}
