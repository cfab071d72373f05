import { systemClock } from './clock.js';
import { type Duration, parsePositiveDuration } from './duration.js';
import { SessError } from './errors.js';
import type { SessionMembers } from './session.js';
import { sessionTime } from './session-handle.js';

/**
 * Throws `ERR_SESS_STALE` (HTTP 401) unless the session's user has logged in within the last `maxAge`. Call it before a change of
 * password or a payment (ASVS 7.5.1). The time is that of the session's own clock; of `now`, if given (epoch ms). On that error, ask for the password again and call `session.login`.
 */
export function requireFresh(
  session: Pick<SessionMembers, 'authenticatedAt'>,
  maxAge: Duration,
  { now = timeOf(session) }: { readonly now?: number } = {},
): void {
  const limit = parsePositiveDuration('maxAge', maxAge);
  const { authenticatedAt } = session;
  if (authenticatedAt !== undefined && now - authenticatedAt <= limit) return;
  const since =
    authenticatedAt === undefined
      ? 'nobody has logged in'
      : `the last login is ${Math.round((now - authenticatedAt) / 1000)} s ago`;
  throw new SessError(
    'ERR_SESS_STALE',
    `A login within ${String(maxAge)} is needed here, and ${since}. Ask for the credentials again, then call session.login().`,
  );
}

function timeOf(session: object): number {
  return (session as { readonly [sessionTime]?: number })[sessionTime] ?? systemClock.now();
}
