import type { SessionRecord } from '@sess/core';
import type { Bucket } from './expiry-queue.js';

/** A record as the memory store holds it, together with its places in the table of ids and in the expiry queue. */
export class Entry {
  readonly id: string;
  version: number;
  subject: string | undefined;
  body: string;

  /** The next entry of the table whose id has the same place. */
  nextInChain: Entry | undefined = undefined;

  bucket: Bucket | undefined = undefined;
  /** When it expires, in ms after the start of its bucket: V8 needs 16 bytes more for a number as large as an epoch time. */
  offset = 0;
  previous: Entry | undefined = undefined;
  next: Entry | undefined = undefined;

  constructor({ id, version, subject, body }: SessionRecord) {
    this.id = id;
    this.version = version;
    this.subject = subject;
    this.body = body;
  }

  /** When it expires (epoch ms), once it has been filed in an expiry queue. */
  get expiresAt(): number {
    return this.bucket === undefined ? Number.NaN : this.bucket.start + this.offset;
  }

  /** The record as a fresh object, without a `subject` key when it has none. */
  toRecord(): SessionRecord {
    const { id, version, expiresAt, subject, body } = this;
    return subject === undefined ? { id, version, expiresAt, body } : { id, version, expiresAt, subject, body };
  }
}
