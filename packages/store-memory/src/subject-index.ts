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
    entry.nextPeer = first;
    if (first !== undefined) first.previousPeer = entry;
    this.#first.set(entry.subject, entry);
  }

  /** Takes an entry away from its subject; does nothing when it has none. */
  remove(entry: Entry): void {
    const { subject, previousPeer, nextPeer } = entry;
    if (subject === undefined) return;
    if (nextPeer !== undefined) nextPeer.previousPeer = previousPeer;
    if (previousPeer !== undefined) previousPeer.nextPeer = nextPeer;
    else if (nextPeer !== undefined) this.#first.set(subject, nextPeer);
    else this.#first.delete(subject);
    entry.previousPeer = undefined;
    entry.nextPeer = undefined;
  }

  /** The entries of `subject`, newest first; empty when there is none. */
  list(subject: string): Entry[] {
    const entries: Entry[] = [];
    for (let entry = this.#first.get(subject); entry !== undefined; entry = entry.nextPeer) entries.push(entry);
    return entries;
  }
}
