import { type Flow, wait } from '../flow.js';
import type { Envelope } from '../record.js';
import type { Runtime } from '../runtime.js';
import { addSecret, confirmSecret, isConfirmationDue, isRotationDue } from '../secrets.js';
import { createBearer } from '../token.js';
import type { LiveSession } from './live-session.js';

/** What is to be done to a session's secrets. */
export interface RotationPlan {
  readonly amend: (envelope: Envelope, now: number) => Envelope | undefined;
  /** The new secret, if there is to be one: its hash in the record, the bearer part for the browser. */
  readonly next?: { readonly bearer: string; readonly hash: string };
}

/**
 * What a request that showed the secret at `index` owes to the rotation: to end the older secrets' time, now that the browser is known
 * to have a newer one, or to hand out a new one that has come due. `undefined` if nothing, which is the rule.
 */
export function* planRotation(runtime: Runtime, live: LiveSession, index: number): Flow<RotationPlan | undefined> {
  const { secrets } = live.envelope;
  if (isConfirmationDue(secrets, index)) {
    const shown = secrets[index]?.hash ?? '';
    return {
      amend: (envelope, now) =>
        isConfirmationDue(
          envelope.secrets,
          envelope.secrets.findIndex(({ hash }) => hash === shown),
        )
          ? { ...envelope, secrets: confirmSecret(envelope.secrets, shown, now + runtime.rotation.grace) }
          : undefined,
    };
  }
  if (!isRotationDue(secrets, index, runtime.rotation, runtime.now())) return undefined;
  const { next, amend } = yield* planNewSecret(runtime, live);
  const newest = secrets[0]?.hash;
  // Only the winner of a race rotates; to the others, it has been done.
  return { next, amend: (envelope, now) => (envelope.secrets[0]?.hash === newest ? amend(envelope, now) : undefined) };
}

/** A new secret, whatever others do. */
export function* planNewSecret(runtime: Runtime, live: LiveSession): Flow<Required<RotationPlan>> {
  const bearer = createBearer(live.record.id);
  const hash = yield* wait(runtime.digest.hash(bearer));
  return {
    next: { bearer, hash },
    amend: (envelope, now) => ({ ...envelope, secrets: addSecret(envelope.secrets, hash, now) }),
  };
}
