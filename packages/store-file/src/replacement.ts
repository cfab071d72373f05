import type { SessionRecord, UpdateResult } from '@sess/core';
import { ATTEMPTS, contended, type Disk, flush, flushRecord } from './disk.js';
import type { Place } from './layout.js';
import { assertSayable, createLabel, type Draft, draftName, type State, stateName } from './names.js';
import { formatRecordFile } from './record-file.js';
import { type Live, lookAlive, open, type Stored } from './record-folder.js';
import { removeDrafts, reportFailure } from './removal.js';
import { type Steps, step } from './steps.js';
import { addMarker, removeMarker, repairMarker } from './subject-markers.js';

const UPDATED: UpdateResult = Object.freeze({ outcome: 'updated' });
const GONE: UpdateResult = Object.freeze({ outcome: 'gone' });

/**
 * Replaces a record: its new text is written beside the old, then the state is renamed to one that names the new text.
 * Only one can rename a given state, and there is none to rename once the record is gone.
 */
export function* updateRecord(disk: Disk, record: SessionRecord, ifVersion: number): Steps<UpdateResult> {
  assertSayable(record.version, record.expiresAt);
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
  assertSayable(0, expiresAt);
  const place = layout.place(id);
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    const seen = yield* lookAlive(disk, place);
    if (seen === undefined) return 'gone';
    if (expiresAt <= seen.state.expiresAt) {
      // Another's touch has done so, and must last also for this caller.
      yield* flushRecord(disk, place);
      return 'touched';
    }
    const from = `${place.folder}/${stateName(seen.state)}`;
    const to = `${place.folder}/${stateName({ ...seen.state, expiresAt })}`;
    if ((yield* step(() => fs.rename(from, to))) === 'done') {
      yield* flushRecord(disk, place);
      return 'touched';
    }
  }
  throw contended(place.folder);
}

/** Whether `record` has replaced what was seen; if not, nothing is left of the attempt. */
function* replace(disk: Disk, place: Place, seen: Live, found: Stored, record: SessionRecord): Steps<boolean> {
  const label = createLabel();
  const { subject } = record;
  const keepsMark = subject === found.record.subject;
  const next: Successor = { record, label, base: seen.state.label, mark: keepsMark ? found.mark : label };
  const withdraw = withdrawText(disk, place, next, keepsMark);
  try {
    if (!(yield* writeText(disk, place, next, keepsMark))) return false;
  } catch (error) {
    yield* reportFailure(disk, place.folder, withdraw);
    throw error;
  }
  if (!(yield* swapState(disk, place, seen.state, { ...record, label, base: next.base }))) {
    yield* reportFailure(disk, place.folder, withdraw);
    return false;
  }
  yield* flushRecord(disk, place);
  yield* reportFailure(disk, place.folder, tidyUp(disk, place, seen, next, keepsMark));
  return true;
}

/** A text that is to take over from the one its base names. */
interface Successor extends Draft {
  readonly record: SessionRecord;
  /** Counts only if the record has a subject. */
  readonly mark: string | undefined;
}

/** Writes the text, and then the marker if the mark is new; whether the record's folder is still there. */
function* writeText(disk: Disk, place: Place, next: Successor, keepsMark: boolean): Steps<boolean> {
  const { subject } = next.record;
  const path = `${place.folder}/${draftName(next)}`;
  const text = formatRecordFile(next.record, subject === undefined ? undefined : next.mark);
  if ((yield* step(() => disk.fs.write(path, text))) !== 'done') return false;
  yield* flush(disk, path);
  if (subject !== undefined && !keepsMark) yield* addMarker(disk, subject, { name: place.name, mark: next.label });
  return true;
}

/** Removes what `writeText` has written. The text itself may be gone by now, so it cannot be asked for its mark. */
function* withdrawText(disk: Disk, place: Place, next: Successor, keepsMark: boolean): Steps<void> {
  const { subject } = next.record;
  if (subject !== undefined && !keepsMark) yield* removeMarker(disk, subject, { name: place.name, mark: next.label });
  yield* step(() => disk.fs.unlink(`${place.folder}/${draftName(next)}`));
}

/** Removes the texts that lay here when the replaced state was current: nothing can be based on a state that is over. */
function* tidyUp(disk: Disk, place: Place, seen: Live, next: Successor, keepsMark: boolean): Steps<void> {
  const { subject } = next.record;
  yield* removeDrafts(disk, place.folder, seen.drafts, next.mark);
  if (subject !== undefined && keepsMark && next.mark !== undefined) {
    yield* repairMarker(disk, subject, { name: place.name, mark: next.mark });
  }
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
