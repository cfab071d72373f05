import { assertThere, contended, type Disk, flush, flushRecord, mostAttempts, restoreFolder } from './disk.js';
import { readCode } from './errors.js';
import { createLabel } from './names.js';
import { bury, listFolder } from './record-folder.js';
import { clearRemains, purge, reportFailure } from './removal.js';
import { type Steps, step } from './steps.js';

/**
 * Destroys the record with this id, whatever its state: its folder is moved away in one step, so that no write that
 * is under way can find it. A step of such a write that had already found it counts as earlier.
 */
export function* destroyRecord(disk: Disk, id: string): Steps<void> {
  const { fs, layout } = disk;
  const place = layout.place(id);
  for (let left = mostAttempts; left > 0; left--) {
    const kind = yield* step(() => fs.kind(place.folder));
    if (kind === 'foreign') disk.report(place.folder, 'This is not a file of the session store');
    if (kind === 'missing') yield* assertThere(disk, layout.records);
    if (kind !== 'folder') {
      // Another caller may have removed it a moment ago; it must be gone for good for this caller too.
      yield* flush(disk, place.shard);
      return;
    }

    const grave = layout.grave(createLabel());
    const outcome = yield* move(disk, place.folder, grave);
    if (outcome !== 'missing') {
      if (outcome === 'done') yield* flush(disk, place.shard);
      else yield* flushRecord(disk, place);
      yield* reportFailure(disk, grave, outcome === 'done' ? purge(disk, grave) : clearRemains(disk, place.folder));
      return;
    }
    yield* restoreFolder(disk, layout.trash);
  }
  throw contended(place.folder);
}

/**
 * Why a folder that is there cannot be moved although the files in it can be removed: the disk is too full, or the folder lies in a lower
 * layer of a container's file system (overlayfs).
 */
const immovable: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EXDEV'];

/** Moves a folder to its grave; where that cannot be done, the record is ended where it is. */
function* move(disk: Disk, folder: string, grave: string): Steps<'done' | 'missing' | 'ended'> {
  try {
    const outcome = yield* step(() => disk.fs.rename(folder, grave));
    return outcome === 'done' ? 'done' : 'missing';
  } catch (error) {
    if (!immovable.includes(readCode(error))) throw error;
  }
  for (let left = mostAttempts; left > 0; left--) {
    const seen = yield* listFolder(disk, folder);
    if (seen?.state === undefined || (yield* bury(disk, folder, seen.state))) return 'ended';
  }
  throw contended(folder);
}
