import type { SessionRecord, UpdateResult } from '@sess/core';
import { ATTEMPTS, contended, type Disk, flush } from './disk.js';
import type { Place } from './layout.js';
import { createLabel, draftName, type State, stateName } from './names.js';
import { formatRecordFile } from './record-file.js';
import { type Live, lookAlive, open, type Stored } from './record-folder.js';
import { removeDrafts, reportFailure } from './removal.js';
import { type Steps, step } from './steps.js';
import { addMarker, repairMarker } from './subject-markers.js';

const UPDATED: UpdateResult = Object.freeze({ outcome: 'updated' });
const GONE: UpdateResult = Object.freeze({ outcome: 'gone' });

/**
 * Replaces a record: its new text is written beside the old, then the state is renamed to one that names the new text.
 * Only one can rename a given state, and there is none to rename once the record is gone.
 */
export function* updateRecord(disk: Disk, record: SessionRecord, ifVersion: number): Steps<UpdateResult> {
  const place = disk.layout.place(record.id);
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    const seen = yield* lookAlive(disk, place);
    if (seen === undefined) return GONE;
    const found = yield* open(disk, place, seen.state);
    if (found === 'corrupt') return GONE;
    if (found === 'moved') continue;
    if (found.record.version !== ifVersion) return { outcome: 'conflict', current: found.record };
    if (yield* replace(disk, place, seen, found, record)) return UPDATED;
  }
  throw contended(place.folder);
}

/** Extends a record by renaming its state. Its text is not opened. */
export function* touchRecord(disk: Disk, id: string, expiresAt: number): Steps<'touched' | 'gone'> {
  const { fs, layout } = disk;
  const { folder, ...place } = layout.place(id);
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    const seen = yield* lookAlive(disk, { folder, ...place });
    if (seen === undefined) return 'gone';
    if (expiresAt <= seen.state.expiresAt) return 'touched';
    const from = `${folder}/${stateName(seen.state)}`;
    const to = `${folder}/${stateName({ ...seen.state, expiresAt })}`;
    if ((yield* step(() => fs.rename(from, to))) === 'done') {
      yield* flush(disk, folder);
      return 'touched';
    }
  }
  throw contended(folder);
}

/** Whether `record` has replaced what was seen; if not, nothing is left of the attempt. */
function* replace(disk: Disk, place: Place, seen: Live, found: Stored, record: SessionRecord): Steps<boolean> {
  const { folder } = place;
  const draft = { label: createLabel(), base: seen.state.label };
  const mark = record.subject === found.record.subject ? found.mark : draft.label;
  const path = `${folder}/${draftName(draft)}`;
  try {
    const text = formatRecordFile(record, record.subject === undefined ? undefined : mark);
    if ((yield* step(() => disk.fs.write(path, text))) !== 'done') return false;
    yield* flush(disk, path);
    if (record.subject !== undefined && mark === draft.label) {
      yield* addMarker(disk, record.subject, { name: place.name, mark });
    }
  } catch (error) {
    yield* reportFailure(disk, path, removeDrafts(disk, folder, [draft], found.mark));
    throw error;
  }
  if (!(yield* swapState(disk, place, seen.state, { ...draft, ...record }))) {
    yield* reportFailure(disk, path, removeDrafts(disk, folder, [draft], found.mark));
    return false;
  }
  yield* flush(disk, folder);
  // All that lay here when the replaced state was current can never be named again: nothing is based on a state that is over.
  yield* reportFailure(disk, folder, removeDrafts(disk, folder, seen.drafts, mark));
  if (record.subject !== undefined && mark !== undefined && mark === found.mark) {
    yield* reportFailure(disk, folder, repairMarker(disk, record.subject, { name: place.name, mark }));
  }
  return true;
}

/** Puts `next` in the place of the state `from`, also if it has been touched since; whether it could. */
function* swapState(disk: Disk, place: Place, from: State, next: State): Steps<boolean> {
  let current: State | undefined = from;
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    const expiresAt = Math.max(current.expiresAt, next.expiresAt);
    const [before, after] = [stateName(current), stateName({ ...next, expiresAt })];
    const renamed = yield* step(() => disk.fs.rename(`${place.folder}/${before}`, `${place.folder}/${after}`));
    if (renamed === 'done') return true;
    current = (yield* lookAlive(disk, place))?.state;
    if (current?.label !== from.label) return false;
  }
  throw contended(place.folder);
}
