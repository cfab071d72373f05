import type { SessionRecord } from '@sess/core';
import { decodeName, encodeName } from './keys.js';
import { nonceLength } from './nonce.js';

/*
 * One record is one string, `s1:` and then fields of fixed width, so that a script can read or overwrite one of them
 * in place and never needs the body:
 *
 *   s1: | expiresAt | indexedUntil | mark | version | writes | =subject LF | body
 *    3       16           16          8       16       4 × 8
 *
 * `indexedUntil` and `mark` say up to when, and under which mark, the subject's index is known to hold the session;
 * zero and dashes when there is no subject. `writes` are the nonces of the last four writes, newest first.
 * A destroyed record is the same with `expiresAt` zero, without subject and body, until Redis drops it.
 */

/** What every stored value begins with. The figure is the layout's version. */
export const magic = 's1:';

/** How many digits a number takes. */
export const numberLength = 16;

/** How many writes a record remembers. */
export const rememberedWrites = 4;

/** Where each field begins, counted from 0; `tail` is where subject and body begin. */
export const offsets = offsetsOf({
  expiresAt: numberLength,
  indexedUntil: numberLength,
  mark: nonceLength,
  version: numberLength,
  writes: nonceLength * rememberedWrites,
});

/** Where a subject's index holds a session: until when (epoch ms), and under which mark. */
export interface Placement {
  readonly until: number;
  readonly mark: string;
}

/** The placement of a session that belongs to nobody. */
export const unplaced: Placement = { until: 0, mark: '-'.repeat(nonceLength) };

/** A record as found in Redis, and where the index holds it. */
export interface StoredRecord {
  readonly record: SessionRecord;
  readonly placement: Placement;
}

/** The stored form of a record that `nonce` has just created. */
export function encodeRecord(record: SessionRecord, placement: Placement, nonce: string): string {
  const writes = nonce.padEnd(nonceLength * rememberedWrites, '-');
  const fields = [digits(record.expiresAt), digits(placement.until), placement.mark, digits(record.version), writes];
  return magic + fields.join('') + encodeSubject(record.subject) + record.body;
}

/** How a value names its subject: the part between the fields and the body. */
export function encodeSubject(subject: string | undefined): string {
  return subject === undefined ? '\n' : `=${encodeName(subject)}\n`;
}

/**
 * The record that `value` holds, expired or not. A value that no store of this version wrote becomes a record
 * that never expires, with the whole value as its body: the core then finds it unreadable, reports it and leaves it.
 */
export function decodeRecord(id: string, value: string): StoredRecord {
  const end = value.indexOf('\n', offsets.tail);
  const head = value.slice(0, offsets.tail);
  if (end === -1 || !isHead(head)) return { record: foreignRecord(id, value), placement: unplaced };
  const subject = value.slice(offsets.tail, end);
  return {
    record: {
      id,
      version: readNumber(head, offsets.version),
      expiresAt: readNumber(head, offsets.expiresAt),
      ...(subject === '' ? {} : { subject: decodeName(subject.slice(1)) }),
      body: value.slice(end + 1),
    },
    placement: {
      until: readNumber(head, offsets.indexedUntil),
      mark: head.slice(offsets.mark, offsets.mark + nonceLength),
    },
  };
}

function foreignRecord(id: string, value: string): SessionRecord {
  return { id, version: 1, expiresAt: Number.MAX_SAFE_INTEGER, body: value };
}

/** `value` as the fixed number of digits, negative as zero. Throws a `RangeError` unless it is a safe integer. */
export function digits(value: number): string {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`redisStore: ${value} is no safe integer; versions and times (epoch ms) must be.`);
  }
  return String(Math.max(0, value)).padStart(numberLength, '0');
}

function readNumber(head: string, offset: number): number {
  return Number(head.slice(offset, offset + numberLength));
}

const headPattern = new RegExp(`^${magic}\\d{${numberLength * 2}}.{${nonceLength}}\\d{${numberLength}}`);

function isHead(head: string): boolean {
  return head.length === offsets.tail && headPattern.test(head);
}

function offsetsOf<Field extends string>(
  widths: Readonly<Record<Field, number>>,
): Readonly<Record<Field | 'tail', number>> {
  let offset = magic.length;
  const starts: Partial<Record<Field | 'tail', number>> = {};
  for (const field in widths) {
    starts[field] = offset;
    offset += widths[field];
  }
  return Object.freeze({ ...starts, tail: offset } as Record<Field | 'tail', number>);
}
