import { isExpired, type SessionRecord } from '@sess/core';
import { contended, type Disk, mostAttempts } from './disk.js';
import type { Place } from './layout.js';
import type { State } from './names.js';
import { findLive, isStill, readStored, type StoredRecord } from './record-folder.js';
import type { Steps } from './steps.js';

/** The live record with this id, without its mark. */
export function* readRecord(disk: Disk, id: string): Steps<SessionRecord | undefined> {
  return (yield* readPlace(disk, disk.layout.place(id)))?.record;
}

/** The live record at a place; `undefined` when there is none, or none that can be read. */
export function* readPlace(disk: Disk, place: Place): Steps<StoredRecord | undefined> {
  for (let left = mostAttempts; left > 0; left--) {
    const state = (yield* recall(disk, place)) ?? (yield* findLive(disk, place))?.state;
    if (state === undefined) return undefined;
    const found = yield* readStored(disk, place, state);
    if (found === 'corrupt') return undefined;
    if (found !== 'moved') {
      disk.lastSeen.set(place.name, state);
      return found;
    }
  }
  throw contended(place.folder);
}

/** The state in which this process last saw the record, if still current and live: saves listing the folder. */
function* recall(disk: Disk, { name, folder }: Place): Steps<State | undefined> {
  const { lastSeen, clock } = disk;
  const state = lastSeen.get(name);
  if (state === undefined || isExpired(state.expiresAt, clock.now())) return undefined;
  if (yield* isStill(disk, folder, state)) return state;
  lastSeen.delete(name);
  return undefined;
}
