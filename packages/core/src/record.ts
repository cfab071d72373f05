import type { SessionRecord } from './store.js';

/** What the core stores about a session besides its data. */
export interface Envelope {
  /** Raised by every login: requests that opened an older generation may no longer write. */
  readonly generation: number;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Epoch ms of the last login; absent before the first. */
  readonly authenticatedAt?: number | undefined;
  /**
   * Orders the logins of one subject, for `maxPerSubject`: the time of the last login (epoch ms), or more if another session's rank was
   * already that high. Absent if no limit was in force.
   */
  readonly loginRank?: number | undefined;
  /** Whether the last login asked for the session to be remembered, so that the limits of `remember` apply; absent if it did not. */
  readonly remembered?: boolean | undefined;
  /** Epoch ms of the last write. */
  readonly updatedAt: number;
  /** What opens the session, newest first; never empty in a session that can be opened. */
  readonly secrets: readonly StoredSecret[];
}

/** A secret as the record knows it. */
export interface StoredSecret {
  /** SHA-256 of the cookie's name, `=` and the token's bearer part. */
  readonly hash: string;
  /** Epoch ms. */
  readonly issuedAt: number;
  /** Epoch ms from which the secret counts as reused; absent while it is valid without limit. */
  readonly until?: number | undefined;
}

/** The version of the envelope format. A record of a later version is left alone. */
const formatVersion = 1;

/**
 * An envelope as it is written (decision 10): `createdAt` in full, every other time relative to it; what is absent is null, or omitted
 * at the end. `remembered` is 1 if it is set.
 */
type Line = readonly [
  version: typeof formatVersion,
  createdAt: number,
  updatedAfter: number,
  generation: number,
  secrets: readonly (readonly [hash: string, issuedAfter: number, until?: number])[],
  ...notes: (number | null)[],
];

/**
 * The body of a record: a line of JSON with the envelope, then the data as the codec wrote it. JSON text never contains
 * a raw line feed, so the first one is the border, and the data's text can be compared without parsing it.
 */
export function encodeBody(envelope: Envelope, dataText: string): string {
  // `join`, not `+`: V8 keeps the parts of a concatenation until it is read, and a memory store would hold them and the whole.
  return [JSON.stringify(toLine(envelope)), dataText].join('\n');
}

function toLine({ createdAt, updatedAt, generation, secrets, ...noted }: Envelope): Line {
  const { authenticatedAt, loginRank, remembered } = noted;
  const since = (time: number | undefined) => (time === undefined ? null : time - createdAt);
  const notes = [since(authenticatedAt), since(loginRank), remembered === true ? 1 : null];
  while (notes.at(-1) === null) notes.pop();
  const pairs = secrets.map(({ hash, issuedAt, until }): Line[4][number] =>
    until === undefined ? [hash, issuedAt - createdAt] : [hash, issuedAt - createdAt, until - createdAt],
  );
  return [formatVersion, createdAt, updatedAt - createdAt, generation, pairs, ...notes];
}

/** Parses a body. `corrupt`: damaged, foreign, or of a later version of Sess. */
export function decodeBody(body: unknown): { envelope: Envelope; dataText: string } | 'corrupt' {
  if (typeof body !== 'string') return 'corrupt';
  const border = body.indexOf('\n');
  if (border === -1 || border > 4096) return 'corrupt';
  const envelope = parseEnvelope(body.slice(0, border));
  return envelope === undefined ? 'corrupt' : { envelope, dataText: body.slice(border + 1) };
}

function parseEnvelope(text: string): Envelope | undefined {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isLine(line) ? fromLine(line) : undefined;
}

function fromLine([, createdAt, updatedAfter, generation, secrets, ...notes]: Line): Envelope {
  const at = (time: number | null | undefined) => (typeof time === 'number' ? createdAt + time : undefined);
  const [authenticatedAfter, loginRank, remembered] = notes;
  return {
    generation,
    createdAt,
    authenticatedAt: at(authenticatedAfter),
    loginRank: at(loginRank),
    remembered: remembered === 1,
    updatedAt: createdAt + updatedAfter,
    secrets: secrets.map(([hash, issuedAfter, until]) => ({
      hash,
      issuedAt: createdAt + issuedAfter,
      until: at(until),
    })),
  };
}

function isLine(value: unknown): value is Line {
  if (!Array.isArray(value)) return false;
  const [version, createdAt, updatedAfter, generation, secrets, ...notes]: readonly unknown[] = value;
  return (
    version === formatVersion &&
    isInteger(createdAt) &&
    isInteger(updatedAfter) &&
    isInteger(generation) &&
    Array.isArray(secrets) &&
    secrets.every(isSecretPair) &&
    notes.length <= 3 &&
    notes.every((note) => note === null || isInteger(note)) &&
    (notes[2] ?? 1) === 1
  );
}

function isSecretPair(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [hash, issuedAfter, until = 0, ...rest]: readonly unknown[] = value;
  return typeof hash === 'string' && isInteger(issuedAfter) && isInteger(until) && rest.length === 0;
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** When the session's absolute period began: at its last login, or else when it was created (E3). */
export function startedAt(envelope: Envelope): number {
  return envelope.authenticatedAt ?? envelope.createdAt;
}

/** A record with an optional subject; without one, the property is left out, as the contract requires. */
export function makeRecord(
  id: string,
  version: number,
  expiresAt: number,
  subject: string | undefined,
  body: string,
): SessionRecord {
  return subject === undefined ? { id, version, expiresAt, body } : { id, version, expiresAt, subject, body };
}
