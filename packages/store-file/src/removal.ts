import { contended, type Disk, flush, flushRecord, mostAttempts } from './disk.js';
import { codeOf, FileStoreError } from './errors.js';
import { createLabel, encodeName, stateName, type Text, textName } from './names.js';
import { parseRecordFile } from './record-file.js';
import { bury, look, reportForeign } from './record-folder.js';
import { type Steps, step } from './steps.js';
import { removeMarker } from './subject-markers.js';

/**
 * Destroys the record with this id, whatever its state: its folder is moved away in one step, so that no write that
 * is under way can find it. A step of such a write that had already found it counts as before.
 */
export function* destroyRecord(disk: Disk, id: string): Steps<void> {
  const { fs, layout } = disk;
  const place = layout.place(id);
  for (let left = mostAttempts; left > 0; left -= 1) {
    const kind = yield* step(() => fs.kind(place.folder));
    if (kind === 'foreign') disk.report(place.folder, 'This is not a file of the session store');
    if (kind !== 'folder') {
      // It may have gone by another's hand a moment ago, and must be gone for good also for this caller.
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
    yield* step(() => fs.makeFolder(layout.trash));
  }
  throw contended(place.folder);
}

/** Moves a folder to its grave; on a disk too full for that the record is ended where it is. */
function* move(disk: Disk, folder: string, grave: string): Steps<'done' | 'missing' | 'ended'> {
  try {
    const outcome = yield* step(() => disk.fs.rename(folder, grave));
    return outcome === 'done' ? 'done' : 'missing';
  } catch (error) {
    if (codeOf(error) !== 'ENOSPC' && codeOf(error) !== 'EDQUOT') throw error;
  }
  for (let left = mostAttempts; left > 0; left -= 1) {
    const seen = yield* look(disk, folder);
    if (seen?.state === undefined || (yield* bury(disk, folder, seen.state))) return 'ended';
  }
  throw contended(folder);
}

/** Removes a folder in the trash or among the drafts, with the markers it tells of. What the store did not make is left. */
export function* purge(disk: Disk, folder: string): Steps<void> {
  const seen = yield* look(disk, folder);
  if (seen === undefined) return;
  reportForeign(disk, seen);
  const { state } = seen;
  if (state !== undefined) yield* step(() => disk.fs.unlink(`${folder}/${stateName(state)}`));
  yield* removeTexts(disk, folder, seen.texts);
  yield* step(() => disk.fs.removeFolder(folder));
}

/**
 * Empties the folder of a record that is gone, with the markers it tells of, but leaves the folder: `'clear'`. A
 * record that lives there is `'alive'`, what the store did not make is `'foreign'`; both are left as they are.
 */
export function* clearRemains(disk: Disk, folder: string): Steps<'clear' | 'alive' | 'foreign'> {
  const seen = yield* look(disk, folder);
  if (seen === undefined) return 'clear';
  if (seen.state !== undefined) return 'alive';
  reportForeign(disk, seen);
  yield* removeTexts(disk, folder, seen.texts);
  return seen.foreign.length === 0 ? 'clear' : 'foreign';
}

/**
 * Removes texts that no state names or ever will, with the markers they have brought in, except those that bear `keptMark`.
 * The markers go first: as long as there is a marker, the text that tells of it is somewhere to be found.
 */
export function* removeTexts(disk: Disk, folder: string, texts: readonly Text[], keptMark?: string): Steps<void> {
  for (const each of texts) {
    const path = `${folder}/${textName(each)}`;
    const file = yield* step(() => disk.fs.read(path));
    const text = typeof file === 'string' ? undefined : parseRecordFile(file.text);
    if (text !== undefined && 'id' in text && text.subject !== undefined && text.mark !== undefined) {
      const marker = { name: encodeName(text.id), mark: text.mark };
      if (text.mark !== keptMark) yield* removeMarker(disk, text.subject, marker);
    }
    yield* step(() => disk.fs.unlink(path));
  }
}

/** Does what may fail without harm, because a later sweep does it again; a failure is reported, not thrown. */
export function* reportFailure(disk: Disk, path: string, steps: Steps<unknown>): Steps<void> {
  const failure = yield* catchFailure(steps);
  if (failure === undefined) return;
  const cause = failure.message.replace(/\.$/, '');
  disk.report(path, `Leftovers could not be removed, a later sweep will try again: ${cause}`);
}

/** Takes back what an operation has made until it failed, and throws its `error`, whether or not there was anything to take back. */
export function* giveUp(error: unknown, withdraw: Steps<unknown>): Steps<never> {
  // Where writing was refused so is taking back, and the caller is told of it by the error.
  yield* catchFailure(withdraw);
  throw error;
}

/** Does the steps; answers what they failed of, if they did. */
function* catchFailure(steps: Steps<unknown>): Steps<FileStoreError | undefined> {
  try {
    yield* steps;
    return undefined;
  } catch (error) {
    if (!(error instanceof FileStoreError)) throw error;
    return error;
  }
}
