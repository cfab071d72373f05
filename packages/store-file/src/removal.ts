import type { Disk } from './disk.js';
import { FileStoreError } from './errors.js';
import { encodeName, stateName, type Text, textName } from './names.js';
import { listFolder, reportForeign } from './record-folder.js';
import { type Steps, step } from './steps.js';
import { decodeRecord } from './stored-record.js';
import { removeMarker } from './subject-index.js';

/** Removes a folder in the trash or among the drafts, with the markers it names. What the store did not make is left. */
export function* purge(disk: Disk, folder: string): Steps<void> {
  const seen = yield* listFolder(disk, folder);
  if (seen === undefined) return;
  reportForeign(disk, seen);
  const { state } = seen;
  if (state !== undefined) yield* step(() => disk.fs.unlink(`${folder}/${stateName(state)}`));
  yield* removeTexts(disk, folder, seen.texts);
  yield* step(() => disk.fs.removeFolder(folder));
}

/**
 * Empties the folder of a record that is gone and removes the markers it names, but leaves the folder: `'clear'`. A
 * live record there is `'alive'`, anything the store did not make is `'foreign'`; both are left as they are.
 */
export function* clearRemains(disk: Disk, folder: string): Steps<'clear' | 'alive' | 'foreign'> {
  const seen = yield* listFolder(disk, folder);
  if (seen === undefined) return 'clear';
  if (seen.state !== undefined) return 'alive';
  reportForeign(disk, seen);
  yield* removeTexts(disk, folder, seen.texts);
  return seen.foreign.length === 0 ? 'clear' : 'foreign';
}

/**
 * Removes texts that no state names or ever will, with the markers they introduced, except those that bear `keptMark`.
 * The markers go first: as long as there is a marker, the text that tells of it is somewhere to be found.
 */
export function* removeTexts(disk: Disk, folder: string, texts: readonly Text[], keptMark?: string): Steps<void> {
  for (const each of texts) {
    const path = `${folder}/${textName(each)}`;
    const file = yield* step(() => disk.fs.read(path));
    const text = typeof file === 'string' ? undefined : decodeRecord(file.text);
    if (text !== undefined && 'id' in text && text.subject !== undefined && text.mark !== undefined) {
      const marker = { name: encodeName(text.id), mark: text.mark };
      if (text.mark !== keptMark) yield* removeMarker(disk, text.subject, marker);
    }
    yield* step(() => disk.fs.unlink(path));
  }
}

/** Runs steps that may fail harmlessly, because a later sweep repeats them; a failure is reported, not thrown. */
export function* reportFailure(disk: Disk, path: string, steps: Steps<unknown>): Steps<void> {
  const failure = yield* catchFailure(steps);
  if (failure === undefined) return;
  const cause = failure.message.replace(/\.$/, '');
  disk.report(path, `Leftovers could not be removed, a later sweep will try again: ${cause}`);
}

/** Undoes what an operation made before it failed, and throws its `error`, whether or not there was anything to undo. */
export function* giveUp(error: unknown, withdraw: Steps<unknown>): Steps<never> {
  // Where writing was refused, so is undoing it; the error tells the caller so.
  yield* catchFailure(withdraw);
  throw error;
}

/** Runs the steps; returns the failure, if any. */
function* catchFailure(steps: Steps<unknown>): Steps<FileStoreError | undefined> {
  try {
    yield* steps;
    return undefined;
  } catch (error) {
    if (!(error instanceof FileStoreError)) throw error;
    return error;
  }
}
