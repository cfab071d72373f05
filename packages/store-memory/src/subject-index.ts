import type { Entry } from './entry.js';
import { ShardedMap } from './sharded-map.js';

/** The entries of each subject. A subject without entries takes no memory at all, and one entry, which is the rule, no list. */
export class MemorySubjectIndex {
  readonly #entries = new ShardedMap<Entry | Set<Entry>>();

  /** How many subjects have an entry. */
  get size(): number {
    return this.#entries.size;
  }

  /** Files an entry under its subject; does nothing when it has none. */
  add(entry: Entry): void {
    const { subject } = entry;
    if (subject === undefined) return;
    const present = this.#entries.get(subject);
    if (present instanceof Set) present.add(entry);
    else this.#entries.set(subject, present === undefined ? entry : new Set([present, entry]));
  }

  /** Takes an entry away from its subject; does nothing when it has none. */
  remove(entry: Entry): void {
    const { subject } = entry;
    if (subject === undefined) return;
    const present = this.#entries.get(subject);
    if (present instanceof Set) present.delete(entry);
    if (present === entry || (present instanceof Set && present.size === 0)) this.#entries.delete(subject);
  }

  /** The entries of `subject`, newest first; empty when there is none. */
  list(subject: string): Entry[] {
    const present = this.#entries.get(subject);
    if (present === undefined) return [];
    return present instanceof Set ? [...present].reverse() : [present];
  }
}
