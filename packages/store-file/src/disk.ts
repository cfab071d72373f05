import type { Clock } from '@sess/core';
import { FileStoreError, notAFolder, notThere, readCode } from './errors.js';
import type { FileSystem } from './file-system.js';
import type { LastSeen } from './last-seen.js';
import type { Layout, Place } from './layout.js';
import type { Report } from './problems.js';
import { type Steps, step } from './steps.js';

/** What every operation works on. */
export interface Disk {
  readonly fs: FileSystem;
  readonly layout: Layout;
  readonly clock: Clock;
  readonly report: Report;
  readonly lastSeen: LastSeen;
  /** Whether a write must survive a loss of power before it is acknowledged. */
  readonly power: boolean;
}

/**
 * Makes changes to these files and folders survive a loss of power, if that was asked for. Anything no longer there
 * has been removed by somebody else, who is then responsible for it.
 */
export function* flush(disk: Disk, ...paths: readonly string[]): Steps<void> {
  if (!disk.power) return;
  for (const path of paths) yield* step(() => disk.fs.flush(path));
}

/** The same for a change within a record's folder. If the record has since been destroyed, that must last instead. */
export function* flushRecord(disk: Disk, place: Place): Steps<void> {
  if (!disk.power) return;
  const outcome = yield* step(() => disk.fs.flush(place.folder));
  if (outcome === 'missing') yield* flush(disk, place.shard);
}

/**
 * Throws unless one of the folders that every store has is there. Asked before what should be in it is called missing: when
 * a volume goes away nothing is found there either, and a logout must not be acknowledged that is undone when it is back.
 */
export function* assertThere({ fs }: Disk, folder: string): Steps<void> {
  const kind = yield* step(() => fs.kind(folder));
  if (kind === 'missing') throw notThere(folder);
  if (kind === 'foreign') throw notAFolder(folder);
}

/**
 * Makes `drafts` or `trash` again, which hold nothing for long, and which somebody who tidies up may have removed as empty. Throws if the records
 * are gone too.
 */
export function* restoreFolder(disk: Disk, folder: string): Steps<void> {
  yield* assertThere(disk, disk.layout.records);
  yield* step(() => disk.fs.makeFolder(folder, disk.layout.directory));
}

/** What `steps` return; `undefined` where this process may only read. For what a read removes on its way, which need not be done then. */
export function* ifAllowed<T>(steps: Steps<T>): Steps<T | undefined> {
  try {
    return yield* steps;
  } catch (error) {
    if (['EROFS', 'EACCES', 'EPERM'].includes(readCode(error) ?? '')) return undefined;
    throw error;
  }
}

/**
 * How often an operation starts over because another process has changed the record between two of its steps. Each time,
 * the other one has made progress, so this limit is reached only on a file system that breaks its promises.
 */
export const mostAttempts = 10_000;

/** The error for an operation that has started over too often. */
export function contended(path: string): FileStoreError {
  return new FileStoreError(
    'EBUSY',
    path,
    `fileStore found no turn at ${path} in ${mostAttempts} attempts. Keep \`directory\` on a local file system.`,
  );
}
