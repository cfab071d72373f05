import type { SessionRecord } from '@sess/core';

/** What a record's file holds. Its expiry is in the name of the state, because a touch changes it. */
export interface StoredText {
  readonly id: string;
  readonly version: number;
  readonly subject?: string;
  /** Which of the subject's markers stands for this record; there whenever the subject is. */
  readonly mark?: string;
  readonly body: string;
}

const formatVersion = 1;

/** A line of JSON about the record, then its body as it is, so that a file can be read by eye and by `jq`. */
export function encodeRecord(record: SessionRecord, mark: string | undefined): string {
  const { id, version, subject, body } = record;
  return `${JSON.stringify({ sess: formatVersion, id, version, subject, mark, length: body.length })}\n${body}`;
}

/** What `text` holds, or why it is unreadable, as a sentence without its full stop. Never throws. */
export function decodeRecord(text: string): StoredText | { readonly reason: string } {
  const end = text.indexOf('\n');
  const head = end === -1 ? undefined : parseHead(text.slice(0, end));
  if (head === undefined) return { reason: 'The file does not begin with the line of a session record' };
  if (head.sess !== formatVersion) {
    return { reason: `The record is of format ${String(head.sess)}, which this version of the store does not know` };
  }
  const body = text.slice(end + 1);
  if (head.length !== body.length) return { reason: 'The record is not as long as it says it is' };

  const { id, version, subject, mark } = head;
  if (typeof id !== 'string' || typeof version !== 'number') return { reason: 'The record has no id or no version' };
  if (subject === undefined) return { id, version, body };
  if (typeof subject !== 'string' || typeof mark !== 'string') return { reason: 'The record has an unfit subject' };
  return { id, version, subject, mark, body };
}

function parseHead(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const head: unknown = JSON.parse(line);
    return typeof head === 'object' && head !== null && 'sess' in head ? { ...head } : undefined;
  } catch {
    return undefined;
  }
}
