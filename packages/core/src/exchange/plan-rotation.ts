import { chain } from '../flow.js';
import type { Envelope } from '../record.js';
import type { Runtime } from '../runtime.js';
import { addSecret, confirmSecret, findHash, isConfirmationDue, isRotationDue } from '../secrets.js';
import type { Awaitable } from '../store.js';
import { createBearer } from '../token.js';
import type { NewBearer } from './browser-token.js';
import type { LiveSession } from './live-session.js';

/** What to do with a session's secrets. */
export interface RotationPlan {
  readonly amend: (envelope: Envelope, now: number) => Envelope | undefined;
  /** The new secret, if there is to be one: its hash in the record, the bearer part for the browser. */
  readonly next?: NewBearer;
}

/**
 * What a request that showed the secret with the hash `shown` has to do for the rotation: start the grace of the older secrets, now
 * that the browser is known to have a newer one, or hand out a new one if that is due. `undefined`, for most requests: nothing.
 */
export function planRotation(
  runtime: Runtime,
  live: LiveSession,
  shown: string,
  now: number,
): Awaitable<RotationPlan | undefined> {
  const { secrets } = live.envelope;
  const index = findHash(secrets, shown);
  if (index === -1) return undefined;
  if (isConfirmationDue(secrets, index)) return planConfirmation(runtime, shown);
  const isDue = isRotationDue(secrets, index, runtime.rotation, now);
  return isDue ? planNewSecret(runtime, live, shown) : undefined;
}

/** A new secret, unless another request has made one meanwhile: of racing requests, only the winner rotates. */
export function planNewSecret(
  runtime: Runtime,
  live: LiveSession,
  shown: string | undefined,
): Awaitable<Required<RotationPlan>> {
  const bearer = createBearer(live.record.id);
  const newest = live.envelope.secrets[0]?.hash;
  return chain(runtime.digest.hash(bearer), (hash) => ({
    next: { bearer, hash },
    amend: (envelope: Envelope, now: number) =>
      envelope.secrets[0]?.hash === newest
        ? { ...envelope, secrets: addSecret(envelope.secrets, hash, now, shown) }
        : undefined,
  }));
}

function planConfirmation(runtime: Runtime, shown: string): RotationPlan {
  return {
    amend: (envelope, now) =>
      isConfirmationDue(envelope.secrets, findHash(envelope.secrets, shown))
        ? { ...envelope, secrets: confirmSecret(envelope.secrets, shown, now + runtime.rotation.grace) }
        : undefined,
  };
}
