import type { SessionRecord } from '@sess/core';
import { assertThere, contended, type Disk, flush, ifAllowed, mostAttempts } from './disk.js';
import { notAFolder } from './errors.js';
import { type Marker, markerName, parseMarkerName } from './names.js';
import { readPlace } from './read-record.js';
import { isStill, listFolder, readStored, type StoredRecord } from './record-folder.js';
import { type Steps, step } from './steps.js';

/**
 * Adds a marker to the subject's. Done before the record bears the mark, so that no record is ever without its
 * marker; a marker without its record does no harm.
 */
export function* addMarker(disk: Disk, subject: string, marker: Marker): Steps<void> {
  const { fs, layout } = disk;
  const folder = layout.subject(subject);
  const path = `${folder}/${markerName(marker)}`;
  for (let left = mostAttempts; left > 0; left--) {
    if ((yield* step(() => fs.kind(folder))) === 'foreign') throw notAFolder(folder);
    const outcome = yield* step(() => fs.write(path, ''));
    if (outcome !== 'missing') {
      yield* flush(disk, folder, `${folder}/..`, layout.subjects);
      return;
    }
    yield* step(() => fs.makeFolder(folder, layout.subjects));
  }
  throw contended(folder);
}

/** Puts back the marker of a live record if somebody has removed it by hand, or a loss of power has taken it. */
export function* repairMarker(disk: Disk, subject: string, marker: Marker): Steps<void> {
  const path = `${disk.layout.subject(subject)}/${markerName(marker)}`;
  if (yield* step(() => disk.fs.exists(path))) return;
  yield* addMarker(disk, subject, marker);
  // It may have been missing because the record has just been destroyed, or given to another subject.
  if (yield* isStale(disk, marker)) yield* removeMarker(disk, subject, marker);
}

/** Removes a marker, and with the last one the subject's folder. Only for a mark that no live record bears or ever will. */
export function* removeMarker({ fs, layout }: Disk, subject: string, marker: Marker): Steps<void> {
  const folder = layout.subject(subject);
  yield* step(() => fs.unlink(`${folder}/${markerName(marker)}`));
  yield* step(() => fs.removeFolder(folder));
}

/** How often a list looks again because the subject's sessions have changed meanwhile. */
const mostLooks = 10;

/**
 * Every live record of a subject, as of one moment: two looks at each of them saw the same, and in between the
 * markers were read again and there was no new one. Where the sessions change too fast for that, the list is right for
 * each of them, though perhaps not for all at one moment.
 */
export function* listSubject(disk: Disk, subject: string): Steps<SessionRecord[]> {
  for (let left = mostLooks; ; left--) {
    const markers = yield* readMarkers(disk, subject);
    const found = yield* collect(disk, subject, markers);
    if (left === 1 || markers.length === 0) return found.map(({ record }) => record);
    const known = new Set(markers.map(markerName));
    const again = yield* readMarkers(disk, subject);
    if (again.every((marker) => known.has(markerName(marker))) && (yield* areUnchanged(disk, found))) {
      return found.map(({ record }) => record);
    }
  }
}

function* readMarkers(disk: Disk, subject: string): Steps<Marker[]> {
  const folder = disk.layout.subject(subject);
  const names = yield* step(() => disk.fs.list(folder));
  if (names === 'missing') {
    yield* assertThere(disk, disk.layout.subjects);
    return [];
  }
  if (names === 'foreign') throw notAFolder(folder);
  // A crash may have struck between the removal of the last marker and that of its folder.
  if (names.length === 0) yield* ifAllowed(step(() => disk.fs.removeFolder(folder)));
  const markers: Marker[] = [];
  for (const name of names) {
    const marker = parseMarkerName(name);
    if (marker === undefined) disk.report(`${folder}/${name}`, 'This is not a file of the session store');
    else markers.push(marker);
  }
  return markers;
}

/** The live records that the markers stand for. Markers that a crash has left behind are removed on the way. */
function* collect(disk: Disk, subject: string, markers: readonly Marker[]): Steps<StoredRecord[]> {
  const all: StoredRecord[] = [];
  for (const marker of markers) {
    const found = yield* readPlace(disk, disk.layout.placeNamed(marker.name));
    if (found?.mark === marker.mark && found.record.subject === subject) all.push(found);
    else if (yield* isStale(disk, marker)) yield* ifAllowed(removeMarker(disk, subject, marker));
  }
  return all;
}

/** Whether each record is still in the state it was read in. */
function* areUnchanged(disk: Disk, all: readonly StoredRecord[]): Steps<boolean> {
  for (const { record, state } of all) {
    if (!(yield* isStill(disk, disk.layout.place(record.id).folder, state))) return false;
  }
  return true;
}

/**
 * Whether no record bears this mark and none ever will. The text that introduces a mark is written before the marker, so
 * the record can still get the mark only while that text waits in its draft folder, or next to the state it is based on.
 */
function* isStale(disk: Disk, { name, mark }: Marker): Steps<boolean> {
  const { fs, layout } = disk;
  // First: a draft that is not there any more has either become the record, which the next look sees, or never will.
  if ((yield* step(() => fs.kind(layout.draft(mark)))) !== 'missing') return false;
  const place = layout.placeNamed(name);
  for (let left = mostAttempts; left > 0; left--) {
    const seen = yield* listFolder(disk, place.folder);
    if (seen === undefined) yield* assertThere(disk, layout.records);
    const state = seen?.state;
    if (seen === undefined || state === undefined) return true;
    if (seen.texts.some(({ label, base }) => label === mark && base === state.label)) return false;
    const found = yield* readStored(disk, place, state);
    if (found === 'corrupt') return false;
    if (found !== 'moved') return found.mark !== mark;
  }
  throw contended(place.folder);
}
