import type { SessionRecord } from '@sess/core';
import type { QueryValues } from './client.js';
import { decodeText, encodeKey, encodeText, isDigest } from './text.js';

/**
 * The names too long for an index, as JSON in a column of its own, because the columns of the indexes
 * then hold their digests. Null for all but absurd records.
 */
interface LongNames {
  readonly id?: string;
  readonly subject?: string;
}

/** The record as values for `create` and `update`: id, version, expires, subject, body, long names. */
export async function encodeRecord(record: SessionRecord): Promise<QueryValues> {
  const id = await encodeKey(record.id);
  const subject = record.subject === undefined ? null : await encodeKey(record.subject);
  return [
    id,
    String(record.version),
    toMilliseconds(record.expiresAt),
    subject,
    encodeText(record.body),
    encodeLongNames(record, id, subject),
  ];
}

/** The record in a row of `recordColumns`, to which a query that looks for no particular id adds the `id` as the last column. */
export function decodeRecord(row: readonly unknown[], knownId?: string): SessionRecord {
  const [version, expiresAt, subject, body, longNames, id] = row as readonly (string | null | undefined)[];
  const names: LongNames = longNames ? (JSON.parse(longNames) as LongNames) : {};
  const owner = names.subject ?? (subject == null ? undefined : decodeText(subject));
  return {
    id: knownId ?? names.id ?? decodeText(id ?? ''),
    version: Number(version),
    expiresAt: Number(expiresAt),
    ...(owner !== undefined && { subject: owner }),
    body: decodeText(body ?? ''),
  };
}

/** The beginning of PostgreSQL's time, in 4713 BC (epoch ms). Whatever would be earlier is as expired as that. */
const earliest = -210_866_803_200_000;

/** An instant (epoch ms) as the text of a whole number, as `at` in the statements wants it. */
export function toMilliseconds(time: number): string {
  return String(Math.max(Math.floor(time), earliest));
}

function encodeLongNames(record: SessionRecord, id: string, subject: string | null): string | null {
  const longId = isDigest(id);
  const longSubject = subject !== null && isDigest(subject);
  if (!longId && !longSubject) return null;
  // JSON escapes NUL and lone surrogates by itself.
  return JSON.stringify({ ...(longId && { id: record.id }), ...(longSubject && { subject: record.subject }) });
}
