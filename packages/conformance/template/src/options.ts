import { type Clock, SessError, systemClock } from '@sess/core';
import type { Database } from './database.js';

/** What `myStore` can be told. */
export interface MyStoreOptions {
  /** The database to keep the sessions in. You open it, and you close it. */
  readonly database: Database;
  /** The source of time. Default: the core's `systemClock`. */
  readonly clock?: Clock;
}

/** Checks the options and fills in the defaults; throws `ERR_SESS_CONFIG` for options that cannot work. */
export function resolveOptions(options: MyStoreOptions): Required<MyStoreOptions> {
  const { database, clock = systemClock } = options;
  if (typeof database?.atomically !== 'function') {
    throw new SessError('ERR_SESS_CONFIG', 'myStore: the option database is missing. Pass a Database.');
  }
  return { database, clock };
}
