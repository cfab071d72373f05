import type { Entry } from './entry.js';
import { ShardedMap } from './sharded-map.js';

/** The entries of each subject, as linked lists. A subject without entries takes no memory at all. */
export class MemorySubjectIndex {
  readonly #first = new ShardedMap<Entry>();

  /** How many subjects have an entry. */
  get size(): number {
    return this.#first.size;
  }

  /** Files an entry under its subject; does nothing when it has none. */
  add(entry: Entry): void {
    if (entry.subject === undefined) return;
    const first = this.#first.get(entry.subject);
    entry.peerAfter = first;
    if (first !== undefined) first.peerBefore = entry;
    this.#first.set(entry.subject, entry);
  }

  /** Takes an entry away from its subject; does nothing when it has none. */
  remove(entry: Entry): void {
    const { subject, peerBefore, peerAfter } = entry;
    if (subject === undefined) return;
    if (peerAfter !== undefined) peerAfter.peerBefore = peerBefore;
    if (peerBefore !== undefined) peerBefore.peerAfter = peerAfter;
    else if (peerAfter !== undefined) this.#first.set(subject, peerAfter);
    else this.#first.delete(subject);
    entry.peerBefore = undefined;
    entry.peerAfter = undefined;
  }

  /** The entries of `subject`, newest first; empty when there is none. */
  list(subject: string): Entry[] {
    const entries: Entry[] = [];
    for (let entry = this.#first.get(subject); entry !== undefined; entry = entry.peerAfter) entries.push(entry);
    return entries;
  }
}
