import { type Clock, type Duration, parsePositiveDuration, type SessionAdmin, splitLongWaits } from '@sess/core';

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

/**
 * Calls `onEnd` once when the session `id` has ended, or has been logged in anew, since which its holder is to be asked again who they
 * are; the answer stops watching. An end in this process is seen at once, one elsewhere at the next look. A store that cannot be asked
 * counts as no change.
 */
export function watchSession(
  sessions: Pick<SessionAdmin, 'find' | 'on'>,
  { id, authenticatedAt }: { readonly id: string; readonly authenticatedAt: number | undefined },
  onEnd: () => void,
  { every = '30s', clock = quietTimer }: WatchOptions = {},
): () => void {
  const period = parsePositiveDuration('every', every);
  const endings = ['destroyed', 'login'] as const;
  const unsubscribes = endings.map((name) => sessions.on(name, (event) => event.id === id && end()));
  const look = async () => {
    const found = await sessions.find(id);
    if (found === undefined || found.authenticatedAt !== authenticatedAt) end();
  };
  let cancel = () => {};
  const lookLater = () => {
    cancel = clock.after(period, () => {
      lookLater();
      // The store's failures are told by events, and are no reason to cut anybody off.
      void look().catch(() => {});
    });
  };
  lookLater();
  const stop = () => {
    cancel();
    for (const off of unsubscribes) off();
  };
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    stop();
    onEnd();
  };
  return stop;
}
