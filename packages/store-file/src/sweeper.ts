import { isExpired } from '@sess/core';
import { assertThere, type Disk, restoreFolder } from './disk.js';
import { FileStoreError } from './errors.js';
import type { Place } from './layout.js';
import { createLabel, isEncodedName, shardCount, type Text } from './names.js';
import { bury, listFolder, readStored } from './record-folder.js';
import { clearRemains, purge, removeTexts } from './removal.js';
import { type Steps, step } from './steps.js';

/** How long a sweep may hold the event loop before it yields to others, in ms. */
const longestSlice = 2;

/** How long a sweep goes on to another shard, in ms: less than half of the core's `storeTimeout`, unless that was changed. */
const longestSweep = 2000;

/** How old a draft must be before a sweep takes it for a leftover, in ms. A creator that was merely slow starts over. */
const draftLifetime = 3_600_000;

/** Removes expired records, shard by shard, and what crashes have left behind. It goes on where the last call stopped. */
export class Sweeper {
  /** Begins anywhere, so that processes which each sweep only once come to all of them. */
  #shard = Math.floor(Math.random() * shardCount);
  #sliceEnd = 0;

  /**
   * Removes up to `limit` expired records and returns how many: fewer if looking for them takes too long. Opens no file of a live one: its
   * state's name says enough.
   * What cannot be removed does not stop the rest; the first failure is thrown once the rest is done.
   */
  *sweep(disk: Disk, limit: number): Steps<number> {
    this.#sliceEnd = performance.now() + longestSlice;
    const failure: Failure = {};
    yield* assertThere(disk, disk.layout.records);
    yield* this.#removeLeftovers(disk, failure);
    let removed = 0;
    const end = performance.now() + longestSweep;
    for (let shards = 0; shards < shardCount && removed < limit && performance.now() < end; shards++) {
      removed += yield* this.#sweepShard(disk, disk.layout.shard(this.#shard), limit - removed, failure);
      // A shard left unfinished is where the next call begins.
      if (removed < limit) this.#shard = (this.#shard + 1) % shardCount;
    }
    if (failure.first !== undefined) throw failure.first;
    return removed;
  }

  *#sweepShard(disk: Disk, shard: string, limit: number, failure: Failure): Steps<number> {
    let removed = 0;
    for (const name of (yield* keepFailure(failure, this.#names(disk, shard))) ?? []) {
      const place = { name, shard, folder: `${shard}/${name}` };
      if (!isEncodedName(name)) disk.report(place.folder, 'This is not a file of the session store');
      else if (yield* keepFailure(failure, sweepRecord(disk, place))) removed++;
      if (removed >= limit) break;
      yield* this.#letOthersGo();
    }
    return removed;
  }

  *#removeLeftovers(disk: Disk, failure: Failure): Steps<void> {
    const { drafts, trash } = disk.layout;
    for (const label of (yield* keepFailure(failure, this.#names(disk, drafts))) ?? []) {
      yield* keepFailure(failure, buryOldDraft(disk, label));
      yield* this.#letOthersGo();
    }
    for (const label of (yield* keepFailure(failure, this.#names(disk, trash))) ?? []) {
      yield* keepFailure(failure, purge(disk, disk.layout.grave(label)));
      yield* this.#letOthersGo();
    }
  }

  *#names(disk: Disk, folder: string): Steps<readonly string[]> {
    const names = yield* step(() => disk.fs.list(folder));
    if (names === 'foreign') disk.report(folder, 'This is not a folder of the session store');
    return typeof names === 'string' ? [] : names;
  }

  *#letOthersGo(): Steps<void> {
    if (performance.now() < this.#sliceEnd) return;
    yield* step(() => new Promise((resolve) => setImmediate(resolve)));
    this.#sliceEnd = performance.now() + longestSlice;
  }
}

/** The first of what has failed in a sweep. */
interface Failure {
  first?: FileStoreError;
}

/** What `steps` return; `undefined` when they fail. */
function* keepFailure<T>(failure: Failure, steps: Steps<T>): Steps<T | undefined> {
  try {
    return yield* steps;
  } catch (error) {
    if (!(error instanceof FileStoreError)) throw error;
    failure.first ??= error;
    return undefined;
  }
}

/** Moves a draft to the trash if it is old enough to be a leftover. */
function* buryOldDraft(disk: Disk, label: string): Steps<void> {
  const { fs, layout } = disk;
  const changedAt = yield* step(() => fs.changedAt(layout.draft(label)));
  // Files carry the time of the machine, not of the store's clock.
  if (changedAt === undefined || Date.now() - changedAt < draftLifetime) return;
  yield* restoreFolder(disk, layout.trash);
  // In one step, so that its creator, if still at work, finds nothing to put in place.
  yield* step(() => fs.rename(layout.draft(label), layout.grave(createLabel())));
}

/** Removes a record if it has expired, and the remains of one that is gone; returns whether this call ended a record. */
export function* sweepRecord(disk: Disk, place: Place): Steps<boolean> {
  const { folder } = place;
  const seen = yield* listFolder(disk, folder);
  if (seen === undefined) return false;
  const { state, texts } = seen;
  if (state !== undefined && !isExpired(state.expiresAt, disk.clock.now())) {
    if (texts.length > 1) yield* removeLeftBehind(disk, place, texts);
    return false;
  }
  const ended = state !== undefined && (yield* bury(disk, folder, state));
  if ((yield* clearRemains(disk, folder)) === 'clear') yield* step(() => disk.fs.removeFolder(folder));
  return ended;
}

/** Removes those of the texts seen in a live record's folder that a dead process left there. */
function* removeLeftBehind(disk: Disk, place: Place, texts: readonly Text[]): Steps<void> {
  // The state is read after the texts: a text based on neither this state nor a later one is dead for good.
  const state = (yield* listFolder(disk, place.folder))?.state;
  const found = state === undefined ? 'moved' : yield* readStored(disk, place, state);
  if (state === undefined || typeof found === 'string') return;
  const over = texts.filter(({ label, base }) => label !== state.label && base !== state.label);
  yield* removeTexts(disk, place.folder, over, found.mark);
}
