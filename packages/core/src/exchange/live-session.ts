import { type ExpiryPolicy, expiryAt, isExpired, isTouchDue } from '../expiry.js';
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

/** Whether the session lives by the limits of `remember`: its last login has asked for it, and the application still has the option. */
export function isRemembered(runtime: Runtime, envelope: Envelope): boolean {
  return envelope.remembered === true && runtime.rememberedExpiry !== undefined;
}

/** The limits that the session lives by: those that its last login has chosen, or the ordinary ones where nobody is remembered any more. */
export function policyOf(runtime: Runtime, envelope: Envelope): ExpiryPolicy {
  return envelope.remembered === true ? (runtime.rememberedExpiry ?? runtime.expiry) : runtime.expiry;
}

/** Whether the session's cookie carries a lifetime of its own, which has to follow the session's. */
export function hasPersistentCookie(runtime: Runtime, envelope: Envelope): boolean {
  return runtime.cookies.isPersistent || isRemembered(runtime, envelope);
}

/**
 * When the session ends unless it is active before (epoch ms): by its record, by its envelope where that knows better, or by the policy in
 * force, which may be stricter than it was.
 */
export function endOf(runtime: Runtime, record: SessionRecord, envelope: Envelope): number {
  const absolute = startedAt(envelope) + policyOf(runtime, envelope).absoluteTimeout;
  return Math.min(record.expiresAt, envelope.endsAt ?? absolute, absolute);
}

/** Whether the session is over its time. */
export function isOver(runtime: Runtime, record: SessionRecord, envelope: Envelope, now: number): boolean {
  return isExpired(endOf(runtime, record, envelope), now);
}

/** When the session expires if it is active at `now`. */
export function nextExpiry(runtime: Runtime, envelope: Envelope, now: number): number {
  return expiryAt(policyOf(runtime, envelope), now, startedAt(envelope));
}

/** The time of the last request, as far as the session's end shows it; else of the last write. */
export function lastSeenAt(runtime: Runtime, record: SessionRecord, envelope: Envelope, now: number): number {
  // Its policy is not known here, so its end tells nothing.
  if (envelope.remembered === true && runtime.rememberedExpiry === undefined) return envelope.updatedAt;
  const { idleTimeout } = policyOf(runtime, envelope);
  return Math.max(envelope.updatedAt, Math.min(endOf(runtime, record, envelope) - idleTimeout, now));
}

/** Whether moving the session's end from `current` to `next` gains enough to be worth a touch. */
export function isExtensionDue(runtime: Runtime, envelope: Envelope, current: number, next: number): boolean {
  return isTouchDue(policyOf(runtime, envelope), current, next);
}

/** The envelope of a session that keeps its end there and is active at `now`. */
export function moveEnd(runtime: Runtime, envelope: Envelope, now: number): Envelope {
  return { ...envelope, endsAt: Math.max(envelope.endsAt ?? now, nextExpiry(runtime, envelope, now)) };
}

/** Whether a write has moved the session's end by as much as a touch has to. */
export function isExtended(runtime: Runtime, before: LiveSession, after: LiveSession): boolean {
  const end = endOf(runtime, before.record, before.envelope);
  return isExtensionDue(runtime, after.envelope, end, endOf(runtime, after.record, after.envelope));
}

/**
 * When the session expires after a write at `now`. It moves only if that gains as much as a touch has to, because a persistent cookie is
 * then sent again: if every write moved it a little, the record would outlive the cookie.
 */
export function expiryAfterWrite(runtime: Runtime, record: SessionRecord, envelope: Envelope, now: number): number {
  const current = endOf(runtime, record, envelope);
  const next = nextExpiry(runtime, envelope, now);
  return isExtensionDue(runtime, envelope, current, next) ? next : current;
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
