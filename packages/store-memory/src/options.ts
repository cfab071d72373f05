import { type Clock, SessError, systemClock } from '@sess/core';

/** What `memoryStore` can be told. */
export interface MemoryStoreOptions {
  /** The source of time. Default: the core's `systemClock`, which never runs backwards. */
  readonly clock?: Clock;
  /**
   * The most records to hold, a positive integer. Default: no limit. With a limit, a `create` that finds the
   * store full may drop a live session: one that belongs to nobody before one that has a subject, and of those the one
   * nearest its expiry. Nothing but a `create` ever drops a live session.
   */
  readonly maxSessions?: number;
}

/** The options with every default filled in. */
export interface ResolvedOptions {
  readonly clock: Clock;
  /** `Infinity` when there is no limit. */
  readonly maxSessions: number;
}

/** Checks the options and fills in the defaults; throws `ERR_SESS_CONFIG` for a `maxSessions` that is no positive integer. */
export function resolveOptions(options: MemoryStoreOptions): ResolvedOptions {
  const { clock = systemClock, maxSessions = Number.POSITIVE_INFINITY } = options;
  if (maxSessions !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(maxSessions) && maxSessions > 0)) {
    throw new SessError(
      'ERR_SESS_CONFIG',
      `memoryStore: maxSessions must be a positive integer, not ${String(maxSessions)}. Leave it out for no limit.`,
    );
  }
  return { clock, maxSessions };
}
