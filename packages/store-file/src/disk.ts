import type { Clock } from '@sess/core';
import { FileStoreError, notAFolder, notThere } from './errors.js';
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
 * Makes what has happened to these files and folders survive a loss of power, if that was asked for. What is not there
 * any more has been removed by somebody else, whose business it then is.
 */
export function* flush(disk: Disk, ...paths: readonly string[]): Steps<void> {
  if (!disk.power) return;
  for (const path of paths) yield* step(() => disk.fs.flush(path));
}

/** Does so for a change within a record's folder. If the record has been destroyed since, that must last instead. */
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
 * How often an operation starts over because another process has changed the record between two of its steps. Each time that
 * happens the other one has got on, so this number is met only on a file system that does not keep its promises.
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
