import { type ExpiryPolicy, expiryAt, isExpired, isTouchDue } from '../expiry.js';
import { type Flow, wait } from '../flow.js';
import { decodeBody, type Envelope, startedAt } from '../record.js';
import type { Runtime } from '../runtime.js';
import type { SessionRecord } from '../store.js';

/** A stored session, as one exchange last saw it. */
export interface LiveSession {
  readonly record: SessionRecord;
  readonly envelope: Envelope;
  /** The data's text, from which changes are detected and on which merges are based. */
  readonly baseText: string;
  /** Whether the record holds others' changes that `baseText` lacks, so that the next write has to merge first. */
  readonly isBehind?: boolean;
}

/** The data's text as it stands in the record, which a schema may have read differently. */
export function storedText({ record, baseText }: LiveSession): string {
  const decoded = decodeBody(record.body);
  return typeof decoded === 'string' ? baseText : decoded.dataText;
}

/** Whether the limits of `remember` apply to the session: its last login asked for them, and the application still has the option. */
export function isRemembered(runtime: Runtime, envelope: Envelope): boolean {
  return envelope.remembered === true && runtime.rememberedExpiry !== undefined;
}

/** The limits that apply to the session: those its last login chose, or the ordinary ones if the option `remember` is gone. */
export function policyOf(runtime: Runtime, envelope: Envelope): ExpiryPolicy {
  return envelope.remembered === true ? (runtime.rememberedExpiry ?? runtime.expiry) : runtime.expiry;
}

/** Whether the session's cookie has its own lifetime, which has to follow the session's. */
export function hasPersistentCookie(runtime: Runtime, envelope: Envelope): boolean {
  return runtime.cookies.isPersistent || isRemembered(runtime, envelope);
}

/** When the session ends without further activity (epoch ms): when its record does, or earlier by a policy that is stricter than it was. */
export function endOf(runtime: Runtime, record: SessionRecord, envelope: Envelope): number {
  return Math.min(record.expiresAt, startedAt(envelope) + policyOf(runtime, envelope).absoluteTimeout);
}

/** Whether the session has expired. */
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

/** Whether a write has moved the session's end by at least `touchEvery`. */
export function isExtended(runtime: Runtime, before: LiveSession, after: LiveSession): boolean {
  const end = endOf(runtime, before.record, before.envelope);
  return isExtensionDue(runtime, after.envelope, end, endOf(runtime, after.record, after.envelope));
}

/**
 * When the session expires after a write at `now`. The end moves only if that gains at least `touchEvery`, because a persistent cookie is
 * then sent again: if every write moved it a little, the record would outlive the cookie.
 */
export function expiryAfterWrite(runtime: Runtime, record: SessionRecord, envelope: Envelope, now: number): number {
  const current = endOf(runtime, record, envelope);
  const next = nextExpiry(runtime, envelope, now);
  return isExtensionDue(runtime, envelope, current, next) ? next : current;
}

/** Whether the session has expired. Others may have kept it alive since it was read, or since the store was last asked (E2). */
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
