import { type Clock, SessError, systemClock } from '@sess/core';
import type { Database } from './database.js';

/** What `myStore` takes. Only `database` is required. */
export interface MyStoreOptions {
  /** The database to keep the sessions in. You open it, and you close it. */
  readonly database: Database;
  /** The clock that decides whether a record is expired. Default: the core's `systemClock`, which never runs backwards. */
  readonly clock?: Clock;
}

/** Checks the options and fills in the defaults; throws `ERR_SESS_CONFIG` for options that cannot work. */
export function resolveOptions(options: MyStoreOptions): Required<MyStoreOptions> {
  const { database, clock = systemClock } = options;
  if (typeof database?.atomically !== 'function') {
    throw new SessError('ERR_SESS_CONFIG', 'myStore: database has no method `atomically`; give a Database.');
  }
  return { database, clock };
}
