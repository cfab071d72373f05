import type { SessionRecord, UpdateResult } from '@sess/core';
import { contended, type Disk, flush, flushRecord, mostAttempts } from './disk.js';
import type { Place } from './layout.js';
import { assertSafeIntegers, createLabel, type State, stateName, type Text, textName } from './names.js';
import { findLive, type LiveFolder, readStored, type StoredRecord } from './record-folder.js';
import { giveUp, removeTexts, reportFailure } from './removal.js';
import { type Steps, step } from './steps.js';
import { encodeRecord } from './stored-record.js';
import { addMarker, removeMarker, repairMarker } from './subject-index.js';

const updated: UpdateResult = Object.freeze({ outcome: 'updated' });
const gone: UpdateResult = Object.freeze({ outcome: 'gone' });

/**
 * Replaces a record: its new text is written beside the old, then the state is renamed to one that names the new text.
 * Only one can rename a given state, and there is none to rename once the record is gone.
 */
export function* updateRecord(disk: Disk, record: SessionRecord, ifVersion: number): Steps<UpdateResult> {
  assertSafeIntegers(record.version, record.expiresAt);
  const place = disk.layout.place(record.id);
  for (let left = mostAttempts; left > 0; left--) {
    const seen = yield* findLive(disk, place);
    if (seen === undefined) return gone;
    const found = yield* readStored(disk, place, seen.state);
    if (found === 'corrupt') return gone;
    if (found === 'moved') continue;
    if (found.record.version !== ifVersion) return { outcome: 'conflict', current: found.record };
    if (yield* replace(disk, place, seen, found, record)) return updated;
  }
  throw contended(place.folder);
}

/** Replaces what was seen with `record`; returns whether it did. If not, nothing is left of the attempt. */
function* replace(
  disk: Disk,
  place: Place,
  seen: LiveFolder,
  found: StoredRecord,
  record: SessionRecord,
): Steps<boolean> {
  const old: Revision = { ...seen.state, record: found.record, mark: found.mark };
  const next = createSuccessor(old, record);
  const withdraw = removeText(disk, place, next, old.mark);
  try {
    if (!(yield* writeText(disk, place, next))) return false;
  } catch (error) {
    return yield* giveUp(error, withdraw);
  }
  // Should this fail, the text stays: only the system knows whether the state names it by now.
  if (!(yield* swapState(disk, place, seen.state, next))) {
    yield* reportFailure(disk, place.folder, withdraw);
    return false;
  }
  yield* flushRecord(disk, place);
  yield* reportFailure(disk, place.folder, tidyUp(disk, place, seen, old, next));
  return true;
}

/** A text by its name, with what it holds. */
interface Revision extends Text {
  readonly record: SessionRecord;
  /** The mark of the subject, if there is one: the label of the text that introduced the subject. */
  readonly mark: string | undefined;
}

function createSuccessor(old: Revision, record: SessionRecord): Revision {
  const label = createLabel();
  const mark = record.subject === undefined ? undefined : label;
  return { record, label, base: old.label, mark: record.subject === old.record.subject ? old.mark : mark };
}

/** Writes the text, then the marker if this text introduces it; returns whether the record's folder still exists. */
function* writeText(disk: Disk, place: Place, next: Revision): Steps<boolean> {
  const { record, label, mark } = next;
  const path = `${place.folder}/${textName(next)}`;
  if ((yield* step(() => disk.fs.write(path, encodeRecord(record, mark)))) !== 'done') return false;
  yield* flush(disk, path);
  if (record.subject !== undefined && mark === label)
    yield* addMarker(disk, record.subject, { name: place.name, mark });
  return true;
}

/** Removes a text that no state names or ever will, its marker first, unless that bears `keptMark`. */
function* removeText(disk: Disk, place: Place, text: Revision, keptMark: string | undefined): Steps<void> {
  const { subject } = text.record;
  if (subject !== undefined && text.mark !== undefined && text.mark !== keptMark) {
    yield* removeMarker(disk, subject, { name: place.name, mark: text.mark });
  }
  yield* step(() => disk.fs.unlink(`${place.folder}/${textName(text)}`));
}

/** Removes the texts that were here when the replaced state was current: nothing can be based on a state that ended. */
function* tidyUp(disk: Disk, place: Place, seen: LiveFolder, old: Revision, next: Revision): Steps<void> {
  const strays = seen.texts.filter(({ label }) => label !== old.label);
  yield* removeTexts(disk, place.folder, strays, next.mark);
  yield* removeText(disk, place, old, next.mark);
  const { subject } = next.record;
  if (subject !== undefined && next.mark !== undefined && next.mark === old.mark) {
    yield* repairMarker(disk, subject, { name: place.name, mark: next.mark });
  }
}

/** Lets `next` take over from the state `seen`, even if that was touched since; returns whether it could. */
function* swapState(disk: Disk, place: Place, seen: State, next: Revision): Steps<boolean> {
  const { label, base, record } = next;
  let current: State | undefined = seen;
  for (let left = mostAttempts; left > 0; left--) {
    const expiresAt = Math.max(current.expiresAt, record.expiresAt);
    const successor: State = { version: record.version, expiresAt, label, base };
    const [from, to] = [`${place.folder}/${stateName(current)}`, `${place.folder}/${stateName(successor)}`];
    if ((yield* step(() => disk.fs.rename(from, to))) === 'done') {
      disk.lastSeen.set(place.name, successor);
      return true;
    }
    current = (yield* findLive(disk, place))?.state;
    if (current?.label !== seen.label) return false;
  }
  throw contended(place.folder);
}
