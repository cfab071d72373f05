import { createHash, randomBytes } from 'node:crypto';

const plainName = /^[0-9a-z]{5,64}$/;
const encodedName = '[0-9a-z]{5,64}|h-[0-9a-f]{64}';
const encodedNamePattern = new RegExp(`^(?:${encodedName})$`);

/**
 * The file name for any string: itself if it is 5 to 64 lower-case letters and digits, as the core's ids are, else `h-` and
 * its SHA-256. Two strings never share one, even where case is folded, Unicode is normalised or names are short.
 */
export function encodeName(text: string): string {
  // Shorter names would include the devices of Windows: `con`, `nul`, `com1`.
  if (plainName.test(text)) return text;
  // As UTF-16, because UTF-8 would give all unpaired surrogates one encoding.
  return `h-${createHash('sha256').update(text, 'utf16le').digest('hex')}`;
}

/** Whether `encodeName` can have made this name. */
export function isEncodedName(name: string): boolean {
  return encodedNamePattern.test(name);
}

/** The shard, two hexadecimal digits, of an encoded name. */
export function shardOf(name: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  const folded = (hash ^ (hash >>> 16)) & 0xffff;
  return ((folded ^ (folded >> 8)) & 0xff).toString(16).padStart(2, '0');
}

/** How many shards there are. */
export const shardCount = 256;

const labelPart = '[0-9a-f]{16}-[0-9a-z]+';
const processPart = randomBytes(8).toString('hex');
let labels = 0;

/** A name part that no process has used before and none will use again: `<16 hex digits>-<number>`. */
export function createLabel(): string {
  labels++;
  return `${processPart}-${labels.toString(36)}`;
}

/** What the name of a record's state file encodes. The file itself is empty: its name is the state. */
export interface State {
  readonly version: number;
  /** Epoch ms. */
  readonly expiresAt: number;
  /** Names the text: the file `<label>.<base>.record`. */
  readonly label: string;
  /** The label of the state that this one replaced; `0` if it was the first. */
  readonly base: string;
}

/** The label that a record's first state is based on. */
export const noBase = '0';

const statePattern = new RegExp(`^current\\.(\\d{1,16})\\.(-?\\d{1,16})\\.(${labelPart})\\.(${labelPart}|${noBase})$`);

/** Throws a `RangeError` for a version or a time that a state's name could not hold. */
export function assertSafeIntegers(version: number, expiresAt: number): void {
  if (Number.isSafeInteger(version) && version >= 0 && Number.isSafeInteger(expiresAt)) return;
  throw new RangeError(
    `fileStore keeps whole numbers: version is ${version}, expiresAt is ${expiresAt}; give a version from 0 and epoch milliseconds.`,
  );
}

/** The file name of a state: `current.<version>.<expiresAt>.<label>.<base>`. */
export function stateName(state: State): string {
  return `current.${state.version}.${state.expiresAt}.${state.label}.${state.base}`;
}

/** The state that a file name encodes; `undefined` for any other name. */
export function parseStateName(name: string): State | undefined {
  const match = statePattern.exec(name);
  if (match === null) return undefined;
  const [, version, expiresAt, label = '', base = ''] = match;
  return { version: Number(version), expiresAt: Number(expiresAt), label, base };
}

/** A text of a record: the one that the state names, one that it has replaced, or one that is about to replace it. */
export interface Text {
  readonly label: string;
  /** The label of the only state that this text may replace. */
  readonly base: string;
}

const textPattern = new RegExp(`^(${labelPart})\\.(${labelPart}|${noBase})\\.record$`);

/** The file name of a text: `<label>.<base>.record`. */
export function textName({ label, base }: Text): string {
  return `${label}.${base}.record`;
}

/** The text that a file name stands for; `undefined` for any other name. */
export function parseTextName(name: string): Text | undefined {
  const match = textPattern.exec(name);
  return match === null ? undefined : { label: match[1] ?? '', base: match[2] ?? '' };
}

/** An entry of the subject index: the record of this name belongs to the subject while its text bears this mark. */
export interface Marker {
  /** The record's encoded name. */
  readonly name: string;
  /** The label of the text that introduced the subject. */
  readonly mark: string;
}

const markerPattern = new RegExp(`^(${encodedName})\\.(${labelPart})$`);

/** The file name of a marker: `<name>.<mark>`. */
export function markerName({ name, mark }: Marker): string {
  return `${name}.${mark}`;
}

/** The marker that a file name stands for; `undefined` for any other name. */
export function parseMarkerName(name: string): Marker | undefined {
  const match = markerPattern.exec(name);
  return match === null ? undefined : { name: match[1] ?? '', mark: match[2] ?? '' };
}
