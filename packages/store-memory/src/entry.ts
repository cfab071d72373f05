import type { SessionRecord } from '@sess/core';
import type { Bucket } from './expiry-queue.js';

/** A record as the memory store holds it, together with its places in the expiry queue and among its subject's records. */
export class Entry {
  readonly id: string;
  version: number;
  expiresAt: number;
  subject: string | undefined;
  body: string;

  bucket: Bucket | undefined = undefined;
  previous: Entry | undefined = undefined;
  next: Entry | undefined = undefined;

  previousPeer: Entry | undefined = undefined;
  nextPeer: Entry | undefined = undefined;

  constructor(record: SessionRecord) {
    this.id = record.id;
    this.version = record.version;
    this.expiresAt = record.expiresAt;
    this.subject = record.subject;
    this.body = record.body;
  }

  /** The record as a fresh object, without a `subject` key when it has none. */
  toRecord(): SessionRecord {
    const { id, version, expiresAt, subject, body } = this;
    return subject === undefined ? { id, version, expiresAt, body } : { id, version, expiresAt, subject, body };
  }
}
