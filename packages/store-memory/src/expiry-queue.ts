import { isExpired } from '@sess/core';
import type { Entry } from './entry.js';

/** The width of the finest granule, in milliseconds: about a second. */
export const finestWidth = 1024;

/** A granule is used for entries at most this many of its widths away; coarser ones are for what is further off. */
const reach = 1024;

/** How many times wider each coarser granule is. */
const widening = 64;

/** The coarsest level; its granules are 35 years wide, so it serves any time there is. */
const coarsestLevel = 5;

/** Entries that expire in the same stretch of time, as a linked list, first filed first. */
export interface Granule {
  /** When it must be looked at (epoch ms): its end if it is of the finest width, else its start. */
  readonly dueAt: number;
  /** By when everything in it will have expired (epoch ms). The same as `dueAt` if it is of the finest width. */
  readonly end: number;
  /** The number it is found by, unique among the granules of a queue. */
  readonly key: number;
  first: Entry | undefined;
  last: Entry | undefined;
}

/**
 * Entries roughly in order of expiry: the nearest are kept to the second, those further off in coarser
 * granules, which are refined as their time comes near. Filing, moving and removing an entry take constant time, and no
 * more than a few thousand granules ever exist, however many entries there are and however far off they expire.
 *
 * An entry is refined at most once for each width coarser than the finest: once for a life of up to eighteen hours, twice
 * for one of up to seven weeks.
 */
export class ExpiryQueue {
  readonly #granules = new Map<number, Granule>();
  /** The same granules by their width, the finest first, and each list with the latest first: the earliest comes off the end. */
  readonly #levels: readonly Granule[][] = Array.from({ length: coarsestLevel + 1 }, () => []);

  /** Files an entry, or moves it after its `expiresAt` has changed, from another queue too. */
  file(entry: Entry, now: number): void {
    const granule = this.#granuleFor(entry.expiresAt, now);
    if (entry.granule === granule) return;
    this.remove(entry);
    append(granule, entry);
  }

  /** Takes an entry out; does nothing when it is not in. */
  remove(entry: Entry): void {
    const { granule, before, after } = entry;
    if (granule === undefined) return;
    if (before === undefined) granule.first = after;
    else before.after = after;
    if (after === undefined) granule.last = before;
    else after.before = before;
    entry.granule = undefined;
    entry.before = undefined;
    entry.after = undefined;
  }

  /**
   * Looks at up to `steps` entries that are due: calls `drop` for those expired (which must remove them) and files
   * the others more finely. Begins with the finest granules, all of whose entries are expired. Stops after `limit` were
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
        this.file(entry, now);
      }
    }
    return dropped;
  }

  /** Does the same for the entries of the second that `now` is in, which are not due before it ends. */
  collectThisSecond(now: number, limit: number, steps: number, drop: (entry: Entry) => void): number {
    let dropped = 0;
    let entry = this.#granules.get(finestDueAt(now))?.first;
    for (let step = 0; entry !== undefined && step < steps && dropped < limit; step++) {
      const next = entry.after;
      if (isExpired(entry.expiresAt, now)) {
        drop(entry);
        dropped++;
      }
      entry = next;
    }
    return dropped;
  }

  /** An entry of the granule that will have expired first, of those that have any; `undefined` when the queue is empty. */
  earliest(): Entry | undefined {
    let earliest: Granule | undefined;
    for (const level of this.#levels) {
      const granule = this.#firstOf(level);
      if (granule !== undefined && (earliest === undefined || granule.end < earliest.end)) earliest = granule;
    }
    return earliest?.first;
  }

  /** How many granules exist, empty ones included. */
  get granules(): number {
    return this.#granules.size;
  }

  #firstDue(now: number): Entry | undefined {
    for (const level of this.#levels) {
      const granule = this.#firstOf(level);
      if (granule !== undefined && granule.dueAt <= now) return granule.first;
    }
    return undefined;
  }

  /** The earliest granule of one width that is not empty. */
  #firstOf(level: Granule[]): Granule | undefined {
    for (;;) {
      const granule = level.at(-1);
      if (granule === undefined || granule.first !== undefined) return granule;
      level.pop();
      this.#granules.delete(granule.key);
    }
  }

  #granuleFor(expiresAt: number, now: number): Granule {
    let width = finestWidth;
    let level = 0;
    for (; level < coarsestLevel && expiresAt - now >= width * reach; level++) width *= widening;

    const dueAt = level === 0 ? finestDueAt(expiresAt) : Math.floor(expiresAt / width) * width;
    // Every due time is a multiple of the finest width, so the level fits into the remainder.
    const key = dueAt + level;
    const end = level === 0 ? dueAt : dueAt + width;
    return this.#granules.get(key) ?? this.#add({ dueAt, end, key, first: undefined, last: undefined }, level);
  }

  #add(granule: Granule, level: number): Granule {
    const order = this.#levels[level] as Granule[];
    this.#granules.set(granule.key, granule);
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((order[middle] as Granule).dueAt > granule.dueAt) low = middle + 1;
      else high = middle;
    }
    order.splice(low, 0, granule);
    return granule;
  }
}

function finestDueAt(time: number): number {
  return (Math.floor(time / finestWidth) + 1) * finestWidth;
}

function append(granule: Granule, entry: Entry): void {
  entry.granule = granule;
  entry.before = granule.last;
  if (granule.last === undefined) granule.first = entry;
  else granule.last.after = entry;
  granule.last = entry;
}
