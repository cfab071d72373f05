import { type Clock, type Duration, parsePositiveDuration, type SessionAdmin, splitLongWaits } from '@sess/core';
import { SessionWatchers } from './session-watchers.js';

/** How to watch a session. */
export interface WatchOptions {
  /** How often to ask the store for an end caused by another process or by expiry. Default `'30s'`. */
  readonly every?: Duration;
  /** What schedules the checks, such as a manual clock. Default: a timer that does not keep the process alive. */
  readonly clock?: Pick<Clock, 'after'>;
}

const quietTimer: Pick<Clock, 'after'> = {
  after: splitLongWaits((ms, callback) => {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  }),
};

const watchersOf = new WeakMap<object, SessionWatchers>();

/**
 * Calls `onEnd` once when the session `id` has ended, or has been logged in again, so that its holder must be asked again who they
 * are; the returned function stops watching. An end in this process is seen immediately, one elsewhere at the next check, which all watchers of
 * one manager share. A store that cannot be asked counts as no change.
 */
export function watchSession(
  sessions: Pick<SessionAdmin, 'find' | 'on'>,
  { id, authenticatedAt }: { readonly id: string; readonly authenticatedAt: number | undefined },
  onEnd: () => void,
  { every = '30s', clock = quietTimer }: WatchOptions = {},
): () => void {
  let watchers = watchersOf.get(sessions);
  if (watchers === undefined) {
    watchers = new SessionWatchers(sessions);
    watchersOf.set(sessions, watchers);
  }
  return watchers.add({ id, authenticatedAt, onEnd, period: parsePositiveDuration('every', every), clock });
}
