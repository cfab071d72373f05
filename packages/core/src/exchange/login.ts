import { chain } from '../flow.js';
import type { Envelope } from '../record.js';
import type { Runtime } from '../runtime.js';
import type { Awaitable } from '../store.js';
import type { NewBearer } from './browser-token.js';
import type { LiveSession } from './live-session.js';
import { planNewSecret } from './plan-rotation.js';
import type { SessionChange } from './write-session.js';

/** A login in progress. */
export interface Login {
  readonly subject: string;
  /** See `Envelope.loginRank`. */
  readonly rank: number | undefined;
  /** Whether the limits of `remember` are to apply. */
  readonly isRemembered: boolean;
}

/** The envelope of a session that has been logged in at `now`. Each login decides anew whether it is remembered. */
export function noteLogin(envelope: Envelope, { rank, isRemembered }: Login, now: number): Envelope {
  return { ...envelope, authenticatedAt: now, loginRank: rank, remembered: isRemembered };
}

/** What a login does to a stored session: its data becomes `text`, if given, and its only secret is a new one. */
export function planLogin(
  runtime: Runtime,
  live: LiveSession,
  login: Login,
  text: string | undefined,
): Awaitable<{ readonly change: SessionChange; readonly next: NewBearer }> {
  return chain(planNewSecret(runtime, live, undefined), ({ next }) => ({
    next,
    change: {
      text,
      subject: login.subject,
      amend: (envelope, now) => ({
        ...noteLogin(envelope, login, now),
        generation: envelope.generation + 1,
        secrets: [{ hash: next.hash, issuedAt: now }],
      }),
    },
  }));
}
