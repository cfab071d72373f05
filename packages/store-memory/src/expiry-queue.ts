import { isExpired } from '@sess/core';
import type { Entry } from './entry.js';

/** The width of the finest bucket, in milliseconds: about a second. */
export const finestWidth = 1024;

/** A bucket is used for entries at most this many of its widths away; coarser ones are for what is further off. */
const reach = 1024;

/** How many times wider each coarser bucket is. */
const widening = 64;

/** The coarsest level; its buckets are 35 years wide, so it serves any time there is. */
const coarsestLevel = 5;

/** Entries that expire in the same stretch of time, as a linked list, first filed first. */
export interface Bucket {
  /** The earliest time at which an entry in it expires (epoch ms). */
  readonly start: number;
  /** When it must be looked at (epoch ms): its end if it is of the finest width, else its start. */
  readonly dueAt: number;
  /** By when everything in it will have expired (epoch ms). The same as `dueAt` if it is of the finest width. */
  readonly end: number;
  /** The number it is found by, unique among the buckets of a queue. */
  readonly key: number;
  first: Entry | undefined;
  last: Entry | undefined;
}

/**
 * Entries roughly in order of expiry, in a hierarchical timing wheel: the nearest are kept to the second, those further off in coarser
 * buckets, which are refined as their time comes near. Filing, moving and removing an entry take constant time, and no
 * more than a few thousand buckets ever exist, however many entries there are and however far off they expire.
 *
 * An entry is refined at most once for each width coarser than the finest: once for a life of up to eighteen hours, twice
 * for one of up to seven weeks.
 */
export class ExpiryQueue {
  readonly #buckets = new Map<number, Bucket>();
  /** The same buckets by their width, the finest first, and each list with the latest first: the earliest comes off the end. */
  readonly #levels: readonly Bucket[][] = Array.from({ length: coarsestLevel + 1 }, () => []);

  /** Files an entry as expiring at `expiresAt`, or moves it there, from another queue too. */
  file(entry: Entry, expiresAt: number, now: number): void {
    const bucket = this.#bucketFor(expiresAt, now);
    entry.offset = toSmallInteger(expiresAt - bucket.start);
    if (entry.bucket === bucket) return;
    this.remove(entry);
    append(bucket, entry);
  }

  /** Takes an entry out; does nothing when it is not in. */
  remove(entry: Entry): void {
    const { bucket, previous, next } = entry;
    if (bucket === undefined) return;
    if (previous === undefined) bucket.first = next;
    else previous.next = next;
    if (next === undefined) bucket.last = previous;
    else next.previous = previous;
    entry.bucket = undefined;
    entry.previous = undefined;
    entry.next = undefined;
  }

  /**
   * Looks at up to `steps` entries that are due: calls `drop` for those expired (which must remove them) and files
   * the others more finely. Begins with the finest buckets, all of whose entries are expired. Stops after `limit` were
   * dropped, and returns how many. Never looks at an entry again before it is due again.
   */
  collect(now: number, limit: number, steps: number, drop: (entry: Entry) => void): number {
    let dropped = 0;
    for (let step = 0; step < steps && dropped < limit; step++) {
      const entry = this.#firstDue(now);
      if (entry === undefined) break;
      if (isExpired(entry.expiresAt, now)) {
        drop(entry);
        dropped++;
      } else {
        this.file(entry, entry.expiresAt, now);
      }
    }
    return dropped;
  }

  /** Does the same for the entries of the second that `now` is in, which are not due before it ends. */
  collectThisSecond(now: number, limit: number, steps: number, drop: (entry: Entry) => void): number {
    let dropped = 0;
    let entry = this.#buckets.get(floorTo(finestWidth, now))?.first;
    for (let step = 0; entry !== undefined && step < steps && dropped < limit; step++) {
      const next = entry.next;
      if (isExpired(entry.expiresAt, now)) {
        drop(entry);
        dropped++;
      }
      entry = next;
    }
    return dropped;
  }

  /** An entry of the bucket that will have expired first, of those that have any; `undefined` when the queue is empty. */
  earliest(): Entry | undefined {
    let earliest: Bucket | undefined;
    for (const level of this.#levels) {
      const bucket = this.#firstOf(level);
      if (bucket !== undefined && (earliest === undefined || bucket.end < earliest.end)) earliest = bucket;
    }
    return earliest?.first;
  }

  /** How many buckets exist, empty ones included. */
  get buckets(): number {
    return this.#buckets.size;
  }

  #firstDue(now: number): Entry | undefined {
    for (const level of this.#levels) {
      const bucket = this.#firstOf(level);
      if (bucket !== undefined && bucket.dueAt <= now) return bucket.first;
    }
    return undefined;
  }

  /** The earliest bucket of one width that is not empty. */
  #firstOf(level: Bucket[]): Bucket | undefined {
    for (;;) {
      const bucket = level.at(-1);
      if (bucket === undefined || bucket.first !== undefined) return bucket;
      level.pop();
      this.#buckets.delete(bucket.key);
    }
  }

  #bucketFor(expiresAt: number, now: number): Bucket {
    let width = finestWidth;
    let level = 0;
    for (; level < coarsestLevel && expiresAt - now >= width * reach; level++) width *= widening;

    const start = floorTo(width, expiresAt);
    // Every start is a multiple of the finest width, so the level fits into the remainder.
    const key = start + level;
    return this.#buckets.get(key) ?? this.#add(createBucket(start, width, level), level);
  }

  #add(bucket: Bucket, level: number): Bucket {
    const order = this.#levels[level] as Bucket[];
    this.#buckets.set(bucket.key, bucket);
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((order[middle] as Bucket).dueAt > bucket.dueAt) low = middle + 1;
      else high = middle;
    }
    order.splice(low, 0, bucket);
    return bucket;
  }
}

function floorTo(width: number, time: number): number {
  return Math.floor(time / width) * width;
}

/** The same number, up to 25 days in the form that V8 keeps in the field itself and not beside it. `NaN`, infinity less infinity, becomes 0. */
function toSmallInteger(offset: number): number {
  const integer = offset | 0;
  return integer === offset || Number.isNaN(offset) ? integer : offset;
}

function createBucket(start: number, width: number, level: number): Bucket {
  const end = start + width;
  return { start, end, dueAt: level === 0 ? end : start, key: start + level, first: undefined, last: undefined };
}

function append(bucket: Bucket, entry: Entry): void {
  entry.bucket = bucket;
  entry.previous = bucket.last;
  if (bucket.last === undefined) bucket.first = entry;
  else bucket.last.next = entry;
  bucket.last = entry;
}
