import { contended, type Disk, flushRecord, mostAttempts } from './disk.js';
import { assertSafeIntegers, stateName } from './names.js';
import { findLive } from './record-folder.js';
import { type Steps, step } from './steps.js';

/** Extends a record by renaming its state. Its text is not opened. */
export function* touchRecord(disk: Disk, id: string, expiresAt: number): Steps<'touched' | 'gone'> {
  const { fs, layout } = disk;
  assertSafeIntegers(0, expiresAt);
  const place = layout.place(id);
  for (let left = mostAttempts; left > 0; left--) {
    const seen = yield* findLive(disk, place);
    if (seen === undefined) return 'gone';
    if (expiresAt <= seen.state.expiresAt) {
      // Another touch has done so, and must last for this caller too.
      yield* flushRecord(disk, place);
      return 'touched';
    }
    const from = `${place.folder}/${stateName(seen.state)}`;
    const next = { ...seen.state, expiresAt };
    const to = `${place.folder}/${stateName(next)}`;
    if ((yield* step(() => fs.rename(from, to))) === 'done') {
      disk.lastSeen.set(place.name, next);
      yield* flushRecord(disk, place);
      return 'touched';
    }
  }
  throw contended(place.folder);
}
