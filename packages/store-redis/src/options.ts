import { type Clock, refuseUnknownStoreOptions, SessError, systemClock } from '@sess/core';
import { type RedisClient, rejectUnfitClient } from './client.js';

/** What `redisStore` takes. Only `client` is required. */
export interface RedisStoreOptions {
  /**
   * A client of node-redis (`createClient`, `createClientPool`, `createCluster`, `createSentinel`) or of ioredis
   * (`Redis`, `Cluster`). The caller connects it, listens to its `error` event and closes it; the store does none of it.
   * Anything else, or a client that may read stale data (from replicas or a cache of its own), throws `ERR_SESS_CONFIG`; a
   * pool shows that it may only once it is connected, and then every method rejects with it.
   */
  readonly client: RedisClient;
  /** The prefix of every key of this store; may be empty. Default: `'session:'`. Anything but a string throws `ERR_SESS_CONFIG`. */
  readonly prefix?: string;
  /** The clock that decides whether a record is expired. Default: the core's `systemClock`, which never runs backwards. */
  readonly clock?: Clock;
  /**
   * By how many milliseconds the clocks of the application's processes may differ, and the servers' clocks may
   * step. Redis keeps a key for this long after its record has expired; too small a value loses live sessions,
   * a large one costs memory. Default: 300,000 (five minutes). Anything but an integer from 0 throws `ERR_SESS_CONFIG`.
   */
  readonly maxClockSkew?: number;
}

/** Every option, so that the compiler sees to it that none is missing. */
const knownOptions: Readonly<Record<keyof RedisStoreOptions, true>> = {
  client: true,
  prefix: true,
  clock: true,
  maxClockSkew: true,
};

/** Checks the options and fills in the defaults. Throws `ERR_SESS_CONFIG` when one is invalid. */
export function resolveOptions(options: RedisStoreOptions): Required<RedisStoreOptions> {
  refuseUnknownStoreOptions('redisStore', options, knownOptions);
  const { client, prefix = 'session:', clock = systemClock, maxClockSkew = 300_000 } = options;
  rejectUnfitClient(client);
  if (typeof prefix !== 'string') {
    throw new SessError(
      'ERR_SESS_CONFIG',
      `redisStore: prefix is ${JSON.stringify(prefix)}; give a string, such as 'session:'.`,
    );
  }
  if (!Number.isSafeInteger(maxClockSkew) || maxClockSkew < 0) {
    throw new SessError(
      'ERR_SESS_CONFIG',
      `redisStore: maxClockSkew is ${String(maxClockSkew)}; give whole milliseconds, 0 or more.`,
    );
  }
  return Object.freeze({ client, prefix, clock, maxClockSkew });
}
