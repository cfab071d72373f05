import { resolve } from 'node:path';
import { type Clock, refuseUnknownStoreOptions, SessError, systemClock } from '@sess/core';
import { type FileStoreProblem, warnOfProblem } from './problems.js';

/** What `fileStore` takes. Only `directory` is required. */
export interface FileStoreOptions {
  /**
   * The folder to keep the sessions in, absolute or relative to the working directory; created if missing. Any
   * number of processes on one machine may share it, on a local file system. Everything in it belongs to the store.
   * An empty path, or one with a NUL, throws `ERR_SESS_CONFIG`; a folder that cannot be used a `FileStoreError`.
   */
  readonly directory: string;
  /**
   * What an acknowledged write survives: `'process'`, the death of any process at any instant (`kill -9`);
   * `'power'`, a loss of power too, at the price of one to seven flushes of the disk per write. Default: `'process'`.
   * Anything else throws `ERR_SESS_CONFIG`.
   */
  readonly durability?: 'process' | 'power';
  /** The clock that decides whether a record is expired. Default: the core's `systemClock`, which never runs backwards. */
  readonly clock?: Clock;
  /**
   * Called once for each file that the store finds and did not write, cannot read, or cannot remove now that it is done
   * with it. Such a file is no session, and is left as it is. What it throws, or what
   * its promise rejects with, becomes a warning of the process.
   * Default: a process warning (`process.on('warning')`, code `SESS_STORE_FILE`).
   */
  readonly onProblem?: (problem: FileStoreProblem) => void;
}

/** Every option, so that the compiler sees to it that none is missing. */
const knownOptions: Readonly<Record<keyof FileStoreOptions, true>> = {
  directory: true,
  durability: true,
  clock: true,
  onProblem: true,
};

/** Checks the options and fills in the defaults. Throws `ERR_SESS_CONFIG` when one is invalid. */
export function resolveOptions(options: FileStoreOptions): Required<FileStoreOptions> {
  refuseUnknownStoreOptions('fileStore', options, knownOptions, { path: 'it is called `directory`' });
  const { directory, durability = 'process', clock = systemClock, onProblem = warnOfProblem } = options;
  if (typeof directory !== 'string' || directory === '' || directory.includes('\0')) {
    throw new SessError(
      'ERR_SESS_CONFIG',
      `fileStore: directory is ${JSON.stringify(directory)}; give the path of a folder, such as './sessions'.`,
    );
  }
  if (durability !== 'process' && durability !== 'power') {
    throw new SessError(
      'ERR_SESS_CONFIG',
      `fileStore: durability is ${JSON.stringify(durability)}; choose 'process' or 'power'.`,
    );
  }
  // Resolved now, because the process may change its working directory later.
  return Object.freeze({ directory: resolve(directory), durability, clock, onProblem });
}
