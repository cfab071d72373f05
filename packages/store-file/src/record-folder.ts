import { isExpired, type SessionRecord } from '@sess/core';
import { assertThere, contended, type Disk, ifAllowed, mostAttempts } from './disk.js';
import type { Place } from './layout.js';
import { encodeName, parseStateName, parseTextName, type State, stateName, type Text, textName } from './names.js';
import { type Steps, step } from './steps.js';
import { decodeRecord } from './stored-record.js';

/** What lies in a record's folder. */
export interface FolderContents {
  /** The state; absent when the record is gone and only its folder is left. */
  readonly state?: State;
  readonly texts: readonly Text[];
  /** The paths of what the store did not make. */
  readonly foreign: readonly string[];
}

/** The folder of a record that has a state. */
export interface LiveFolder extends FolderContents {
  readonly state: State;
}

/** A record with the state it was read in, and the mark of its subject, if it has one. */
export interface StoredRecord {
  readonly record: SessionRecord;
  readonly state: State;
  readonly mark?: string;
}

/** Listing more names than this may take the system several calls, between which a name being changed can slip through. */
const longestSnapshot = 200;

/** How often a long list without a state is asked for again. */
const mostLooks = 20;

/** Looks into a folder; `undefined` when there is none. */
export function* listFolder({ fs }: Disk, folder: string): Steps<FolderContents | undefined> {
  for (let left = mostLooks; ; left--) {
    const names = yield* step(() => fs.list(folder));
    if (names === 'missing') return undefined;
    if (names === 'foreign') return { texts: [], foreign: [folder] };
    const seen = classify(folder, names);
    if (seen.state !== undefined || names.length <= longestSnapshot || left === 1) return seen;
  }
}

function classify(folder: string, names: readonly string[]): FolderContents {
  let state: State | undefined;
  const texts: Text[] = [];
  const foreign: string[] = [];
  for (const name of names) {
    const found = parseStateName(name);
    const text = found === undefined ? parseTextName(name) : undefined;
    if (found !== undefined) state = found;
    else if (text !== undefined) texts.push(text);
    else foreign.push(`${folder}/${name}`);
  }
  return state === undefined ? { texts, foreign } : { state, texts, foreign };
}

/**
 * The record's folder if the record is live. An expired one is buried before it is called gone: then no operation still
 * working on it can bring it back after another has seen it expired.
 */
export function* findLive(disk: Disk, place: Place): Steps<LiveFolder | undefined> {
  for (let left = mostAttempts; left > 0; left--) {
    const seen = yield* listFolder(disk, place.folder);
    if (seen?.state === undefined) {
      if (seen === undefined) yield* assertThere(disk, disk.layout.records);
      reportForeign(disk, seen);
      return undefined;
    }
    if (!isExpired(seen.state.expiresAt, disk.clock.now())) return { ...seen, state: seen.state };
    // Where this process may only read, it counts as buried all the same.
    if ((yield* ifAllowed(bury(disk, place.folder, seen.state))) ?? true) return undefined;
  }
  throw contended(place.folder);
}

/** Ends a record in exactly this state; returns whether it did. What is left in its folder belongs to nobody. */
export function* bury({ fs }: Disk, folder: string, state: State): Steps<boolean> {
  return yield* step(() => fs.unlink(`${folder}/${stateName(state)}`));
}

/** The record whose folder was seen in `state`; `'moved'` when it is in another state by now, `'corrupt'` when its text cannot be read. */
export function* readStored(disk: Disk, place: Place, state: State): Steps<StoredRecord | 'moved' | 'corrupt'> {
  const path = `${place.folder}/${textName(state)}`;
  const file = yield* step(() => disk.fs.read(path));
  // A state's text is removed only after the state.
  if (file === 'missing' && !(yield* isStill(disk, place.folder, state))) return 'moved';
  if (file === 'missing' || file === 'foreign') {
    disk.report(path, `The text of a record is ${file === 'missing' ? 'missing' : 'no plain file'}`);
    return 'corrupt';
  }

  const text = decodeRecord(file.text);
  if ('reason' in text) {
    disk.report(path, text.reason);
    return 'corrupt';
  }
  if (encodeName(text.id) !== place.name || text.version !== state.version) {
    disk.report(path, 'The record is not the one that its folder and its state name');
    return 'corrupt';
  }
  const { mark, ...kept } = text;
  const record = { ...kept, expiresAt: state.expiresAt };
  return mark === undefined ? { record, state } : { record, state, mark };
}

/** Whether the record whose folder was seen in `state` is still in it, uninterrupted: no state recurs. */
export function* isStill({ fs }: Disk, folder: string, state: State): Steps<boolean> {
  return yield* step(() => fs.exists(`${folder}/${stateName(state)}`));
}

/** Reports what is in a folder and is not the store's. */
export function reportForeign({ report }: Disk, seen: FolderContents | undefined): void {
  for (const path of seen?.foreign ?? []) report(path, 'This is not a file of the session store');
}
