import { isEqualInConstantTime } from './digest.js';
import { isExpired } from './expiry.js';
import type { StoredSecret } from './record.js';

/**
 * The secrets of one session, newest first. A rotation puts a new one in front, and both work, since nobody can know when, or whether, the
 * browser has received it. Once the browser shows a newer one, the older ones get a short grace, for requests that were already under
 * way. If one is shown after its grace, somebody has copied it. Who the thief is remains unknown, so the session ends.
 */
export type Secrets = readonly StoredSecret[];

/** How often secrets change, in ms. */
export interface RotationPolicy {
  /** `Infinity`: only when asked to. */
  readonly every: number;
  /** How long an older secret still works after a newer one has been shown. */
  readonly grace: number;
}

/** How many secrets a record remembers; an older one is simply unknown. At least two: the newest and the one in use. */
const mostSecrets = 4;

/** The position of the secret with this hash, or why it cannot be used. */
export function findSecret(secrets: Secrets, hash: string, now: number): number | 'superseded' | 'reused' {
  const index = secrets.findIndex((secret) => isEqualInConstantTime(secret.hash, hash));
  const secret = secrets[index];
  if (secret === undefined) return 'superseded';
  return secret.until !== undefined && isExpired(secret.until, now) ? 'reused' : index;
}

/** The position of the secret with a hash that is known to be ours; -1 if it is no longer there. */
export function findHash(secrets: Secrets, hash: string): number {
  return secrets.findIndex((secret) => secret.hash === hash);
}

/**
 * Puts a new secret in front, and forgets the oldest if there are too many, but never the one with the hash `shown`: it is the only one the
 * browser is known to have, however many responses with newer ones were lost.
 */
export function addSecret(secrets: Secrets, hash: string, now: number, shown: string | undefined): Secrets {
  const all = [{ hash, issuedAt: now }, ...secrets];
  const inUse = all.slice(mostSecrets).find((secret) => secret.hash === shown);
  return inUse === undefined ? all.slice(0, mostSecrets) : [...all.slice(0, mostSecrets - 1), inUse];
}

/** Whether a browser that shows the secret at `index` proves that those after it are no longer needed. Nothing is proved at -1. */
export function isConfirmationDue(secrets: Secrets, index: number): boolean {
  return index !== -1 && secrets.some(({ until }, at) => at > index && until === undefined);
}

/** Starts the grace of every secret older than the one with this hash. */
export function confirmSecret(secrets: Secrets, hash: string, until: number): Secrets {
  const index = findHash(secrets, hash);
  return secrets.map((secret, at) =>
    index !== -1 && at > index && secret.until === undefined ? { ...secret, until } : secret,
  );
}

/**
 * Whether it is time for a new secret. If one is on its way and the browser has not shown it within the grace, the response
 * that carried it may have been lost, and another is sent.
 */
export function isRotationDue(secrets: Secrets, index: number, policy: RotationPolicy, now: number): boolean {
  const newest = secrets[0];
  // One in its grace was not lost on the way: the browser has shown a newer one, and who shows this may be a thief.
  if (newest === undefined || secrets[index]?.until !== undefined) return false;
  return now - newest.issuedAt >= (index === 0 ? policy.every : policy.grace);
}
