import { type Clock, type Duration, parsePositiveDuration, type SessionAdmin, splitLongWaits } from '@sess/core';
import { SessionWatchers } from './session-watchers.js';

/** How to watch a session. */
export interface WatchOptions {
  /** How often the store is asked, for an end that another process or the clock has brought about. Default `'30s'`. */
  readonly every?: Duration;
  /** What tells when it is time to look, a manual clock for instance. Default: a timer that keeps no process alive. */
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
 * Calls `onEnd` once when the session `id` has ended, or has been logged in anew, since which its holder is to be asked again who they
 * are; the function returned stops watching. An end in this process is seen at once, one elsewhere at the next look, which all who watch sessions of
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
