import { expiryAt, isExpired, isTouchDue } from '../expiry.js';
import { type Flow, wait } from '../flow.js';
import { decodeBody, type Envelope, startedAt } from '../record.js';
import type { Runtime } from '../runtime.js';
import type { SessionRecord } from '../store.js';

/** A stored session, as one exchange last saw it. */
export interface LiveSession {
  readonly record: SessionRecord;
  readonly envelope: Envelope;
  /** The data's text by which a change is noticed, and on which a merge is based. */
  readonly baseText: string;
  /** Whether the record holds others' changes that `baseText` does not know, so that the next write has to merge first. */
  readonly isBehind?: boolean;
}

/** Whether the session is over its time, by the record or by the policy in force, which may be stricter than it was. */
export function isOver(runtime: Runtime, record: SessionRecord, envelope: Envelope, now: number): boolean {
  return isExpired(Math.min(record.expiresAt, startedAt(envelope) + runtime.expiry.absoluteTimeout), now);
}

/** When the session expires if it is active at `now`. */
export function nextExpiry(runtime: Runtime, envelope: Envelope, now: number): number {
  return expiryAt(runtime.expiry, now, startedAt(envelope));
}

/**
 * When the session expires after a write at `now`. It moves only if that gains as much as a touch has to, because a persistent cookie is
 * then sent again: if every write moved it a little, the record would outlive the cookie.
 */
export function expiryAfterWrite(runtime: Runtime, record: SessionRecord, envelope: Envelope, now: number): number {
  const next = nextExpiry(runtime, envelope, now);
  return isTouchDue(runtime.expiry, record.expiresAt, next) ? next : record.expiresAt;
}

/** Whether the session is over its time. Others may have kept it alive since it was read, or since the store was last asked (E2). */
export function* hasExpired(runtime: Runtime, { record, envelope }: LiveSession): Flow<boolean> {
  let [seen, known, askedAt] = [record, envelope, Number.NEGATIVE_INFINITY];
  while (isOver(runtime, seen, known, runtime.now())) {
    if (isOver(runtime, seen, known, askedAt)) return true;
    askedAt = runtime.now();
    const current = yield* wait(runtime.store.read(record.id));
    if (current === undefined) return true;
    const decoded = decodeBody(current.body);
    if (typeof decoded === 'string') return false;
    [seen, known] = [current, decoded.envelope];
  }
  return false;
}
