import type { SessionRecord } from './store.js';

/** What the core notes about a session beside its data. */
export interface Envelope {
  /** Raised by every login: what was opened under an older generation may no longer write. */
  readonly generation: number;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Epoch ms of the last login; absent before the first. */
  readonly authenticatedAt?: number;
  /**
   * Orders the logins of one subject, for `maxPerSubject`: the time of the last login (epoch ms), or more if another session's rank was
   * already that high. Absent if no limit was in force.
   */
  readonly loginRank?: number;
  /** Whether the last login asked that the session be remembered, and so lives by the limits of `remember`; absent if it did not. */
  readonly remembered?: boolean;
  /**
   * Epoch ms at which the session ends, if it does so before its record: a store never shortens a life, so a session that was remembered
   * and is no more keeps its end here. Absent in any other.
   */
  readonly endsAt?: number;
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
  /** Epoch ms from which on the secret counts as reused; absent while it is good without limit. */
  readonly until?: number;
}

/** The version of the envelope's format. A record of a later one is left alone. */
const formatVersion = 1;

/**
 * The body of a record: a line of JSON with the envelope, then the data as the codec wrote them. JSON text never contains
 * a raw line feed, so the first one is the border, and the data's text can be compared without parsing it.
 */
export function encodeBody(envelope: Envelope, dataText: string): string {
  // Joined, not added: of a sum V8 keeps the parts until somebody reads it, and a store in memory would hold them and the whole.
  return [JSON.stringify({ v: formatVersion, ...envelope }), dataText].join('\n');
}

/** Takes a body apart. `corrupt`: not, or no longer, one of ours, or of a later version of Sess. */
export function decodeBody(body: unknown): { envelope: Envelope; dataText: string } | 'corrupt' {
  if (typeof body !== 'string') return 'corrupt';
  const border = body.indexOf('\n');
  if (border === -1 || border > 4096) return 'corrupt';
  const envelope = parseEnvelope(body.slice(0, border));
  return typeof envelope === 'string' ? envelope : { envelope, dataText: body.slice(border + 1) };
}

function parseEnvelope(text: string): Envelope | 'corrupt' {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'corrupt';
  }
  if (typeof parsed !== 'object' || parsed === null || !('v' in parsed)) return 'corrupt';
  return parsed.v === formatVersion && isEnvelope(parsed) ? parsed : 'corrupt';
}

function isEnvelope(value: object): value is Envelope {
  const { generation, createdAt, authenticatedAt, loginRank, remembered, endsAt, updatedAt, secrets } = value as Record<
    keyof Envelope,
    unknown
  >;
  return (
    isTime(generation) &&
    isTime(createdAt) &&
    isTime(updatedAt) &&
    (authenticatedAt === undefined || isTime(authenticatedAt)) &&
    (loginRank === undefined || isTime(loginRank)) &&
    (remembered === undefined || typeof remembered === 'boolean') &&
    (endsAt === undefined || isTime(endsAt)) &&
    Array.isArray(secrets) &&
    secrets.every(isStoredSecret)
  );
}

function isStoredSecret(value: unknown): value is StoredSecret {
  if (typeof value !== 'object' || value === null) return false;
  const { hash, issuedAt, until } = value as Record<keyof StoredSecret, unknown>;
  return typeof hash === 'string' && isTime(issuedAt) && (until === undefined || isTime(until));
}

function isTime(value: unknown): value is number {
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
