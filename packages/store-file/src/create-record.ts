import { isExpired, type SessionRecord } from '@sess/core';
import { contended, type Disk, flush, mostAttempts, restoreFolder } from './disk.js';
import { readCode } from './errors.js';
import type { Place } from './layout.js';
import { assertSafeIntegers, createLabel, noBase, stateName, textName } from './names.js';
import { findLive } from './record-folder.js';
import { clearRemains, giveUp, purge, reportFailure } from './removal.js';
import { type Steps, step } from './steps.js';
import { encodeRecord } from './stored-record.js';
import { addMarker, removeMarker } from './subject-index.js';

/**
 * Adds a record: it is built in its own folder, which is then moved into place in one step. A folder that holds
 * anything is never replaced, so only one of several can win.
 */
export function* createRecord(disk: Disk, record: SessionRecord): Steps<'created' | 'exists'> {
  assertSafeIntegers(record.version, record.expiresAt);
  const place = disk.layout.place(record.id);
  if (isExpired(record.expiresAt, disk.clock.now())) {
    return (yield* findLive(disk, place)) === undefined ? 'created' : 'exists';
  }
  for (let left = mostAttempts; left > 0; left--) {
    const outcome = yield* tryCreate(disk, place, record);
    if (outcome !== 'lost') return outcome;
  }
  throw contended(place.folder);
}

/** `'lost'`: a sweep took the draft for a leftover. */
function* tryCreate(disk: Disk, place: Place, record: SessionRecord): Steps<'created' | 'exists' | 'lost'> {
  const label = createLabel();
  const folder = disk.layout.draft(label);
  const takeBack = withdraw(disk, place, record, label);
  let outcome: 'created' | 'exists' | 'lost';
  try {
    const made = yield* makeDraft(disk, place, record, label);
    outcome = made ? yield* install(disk, place, folder) : 'lost';
  } catch (error) {
    return yield* giveUp(error, takeBack);
  }
  if (outcome === 'created') yield* flush(disk, place.shard, disk.layout.records);
  else yield* reportFailure(disk, folder, takeBack);
  return outcome;
}

/** Removes what `makeDraft` made. The draft itself may be gone by now, so its mark cannot be read from it. */
function* withdraw(disk: Disk, place: Place, { subject }: SessionRecord, label: string): Steps<void> {
  const folder = disk.layout.draft(label);
  // The draft first: as long as it could still be put in place, it needs its marker.
  yield* purge(disk, folder);
  if (subject !== undefined) yield* removeMarker(disk, subject, { name: place.name, mark: label });
}

/** Builds a whole record in its own folder; returns `false` if the folder was removed. */
function* makeDraft(disk: Disk, place: Place, record: SessionRecord, label: string): Steps<boolean> {
  const { fs, layout } = disk;
  const { version, expiresAt, subject } = record;
  const folder = layout.draft(label);
  const mark = subject === undefined ? undefined : label;
  const text = `${folder}/${textName({ label, base: noBase })}`;
  const state = `${folder}/${stateName({ version, expiresAt, label, base: noBase })}`;

  yield* makeDraftFolder(disk, folder);
  if ((yield* step(() => fs.write(text, encodeRecord(record, mark)))) !== 'done') return false;
  if ((yield* step(() => fs.write(state, ''))) !== 'done') return false;
  yield* flush(disk, text, folder);
  if (subject !== undefined) yield* addMarker(disk, subject, { name: place.name, mark: label });
  return true;
}

function* makeDraftFolder(disk: Disk, folder: string): Steps<void> {
  const { fs, layout } = disk;
  try {
    yield* step(() => fs.makeFolder(folder, layout.drafts));
  } catch (error) {
    if (readCode(error) !== 'ENOENT') throw error;
    yield* restoreFolder(disk, layout.drafts);
    yield* step(() => fs.makeFolder(folder, layout.drafts));
  }
}

function* install(disk: Disk, place: Place, folder: string): Steps<'created' | 'exists' | 'lost'> {
  const { fs } = disk;
  for (let left = mostAttempts; left > 0; left--) {
    const outcome = yield* step(() => fs.rename(folder, place.folder));
    if (outcome === 'done') return 'created';
    if (outcome === 'occupied') {
      if (!(yield* makeRoom(disk, place))) return 'exists';
    } else {
      if ((yield* step(() => fs.kind(folder))) === 'missing') return 'lost';
      yield* step(() => fs.makeFolder(place.shard, disk.layout.records));
    }
  }
  throw contended(place.folder);
}

/** Clears away a record that is gone; returns whether its place may be free now. */
function* makeRoom(disk: Disk, place: Place): Steps<boolean> {
  if ((yield* findLive(disk, place)) !== undefined) return false;
  return (yield* clearRemains(disk, place.folder)) !== 'foreign';
}
