import { configError } from './errors.js';
import { assertJsonCarries, parseStoredJson } from './json.js';

/**
 * How a session's data become text and back. The default is JSON; devalue and superjson carry `Date`, `Map` and more.
 * The text tells whether anything has changed, so the same data must give the same text. It is well-formed Unicode: half a surrogate
 * pair is escaped.
 */
export interface Codec {
  /** The text for `data`, a plain object; throws if it cannot be written. */
  stringify(data: object): string;
  /** The data of a text that `stringify` made; throws if the text is none. */
  parse(text: string): unknown;
  /** Throws if `stringify` would lose something of `data` without a word. Called only when the text has changed. */
  check?(data: object): void;
}

/** JSON, except that it refuses what JSON would lose in silence, such as a `Map`. */
export const jsonCodec: Codec = {
  stringify: (data) => JSON.stringify(data),
  parse: parseStoredJson,
  check: assertJsonCarries,
};

/** Throws a configuration error unless `codec` is absent or one. */
export function assertCodec(codec: Partial<Codec> | undefined): void {
  if (codec === undefined) return;
  if (typeof codec?.stringify === 'function' && typeof codec.parse === 'function') return;
  throw configError('codec has no stringify and parse; give an object with both, such as devalue or superjson.');
}
