import { type Clock, refuseUnknownStoreOptions, SessError, systemClock } from '@sess/core';

/** What `memoryStore` takes. Every option may be left out. */
export interface MemoryStoreOptions {
  /** The clock that decides whether a record is expired. Default: the core's `systemClock`, which never runs backwards. */
  readonly clock?: Clock;
  /**
   * The most records to hold. Default: no limit. With a limit, a `create` that finds the store full may drop a live
   * session: one that belongs to nobody before one that has a subject, and of those the one nearest its expiry. Nothing
   * but a `create` ever drops a live session. Anything but a positive integer (or `Infinity`) throws `ERR_SESS_CONFIG`.
   */
  readonly maxSessions?: number;
}

/** Every option, so that the compiler sees to it that none is missing. */
const knownOptions: Readonly<Record<keyof MemoryStoreOptions, true>> = {
  clock: true,
  maxSessions: true,
};

/** Checks the options and fills in the defaults, for `maxSessions` `Infinity`. Throws `ERR_SESS_CONFIG` when one is invalid. */
export function resolveOptions(options: MemoryStoreOptions): Required<MemoryStoreOptions> {
  refuseUnknownStoreOptions('memoryStore', options, knownOptions, { max: 'it is called `maxSessions`' });
  const { clock = systemClock, maxSessions = Infinity } = options;
  if (maxSessions !== Infinity && !(Number.isSafeInteger(maxSessions) && maxSessions > 0)) {
    throw new SessError(
      'ERR_SESS_CONFIG',
      `memoryStore: maxSessions is ${String(maxSessions)}; give a positive integer, or leave it out for no limit.`,
    );
  }
  return Object.freeze({ clock, maxSessions });
}
