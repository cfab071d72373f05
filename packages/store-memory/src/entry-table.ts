import type { Entry } from './entry.js';
import { hashOf } from './hash.js';

/** How many chains one piece of the table begins. */
const pieceSize = 1024;

/**
 * A table of entries by their ids that never pauses to grow: it gets one chain at a time (linear hashing), which moves one or two entries.
 * Chains run through the entries themselves, so that an entry costs the table a third of what a `Map` would take. They stay short because ids
 * are random; the texts that users choose, such as subjects, belong in a `ShardedMap`.
 */
export class EntryTable {
  /** The first entries of the chains, in pieces, since an array of a million is copied when it grows. */
  readonly #pieces: (Entry | undefined)[][] = [];
  #chains = 0;
  /** One less than the largest power of two that is not above the number of chains. */
  #mask = 0;
  #size = 0;

  constructor() {
    this.#addChain();
  }

  /** How many entries there are. */
  get size(): number {
    return this.#size;
  }

  /** The entry with this id; `undefined` when there is none. */
  get(id: string): Entry | undefined {
    let entry = this.#firstOf(this.#chainOf(id));
    while (entry !== undefined && entry.id !== id) entry = entry.nextInChain;
    return entry;
  }

  /** Adds an entry, whose id must not be there yet. */
  add(entry: Entry): void {
    this.#prepend(entry, this.#chainOf(entry.id));
    this.#size++;
    if (this.#size > this.#chains) this.#split();
  }

  /** Removes an entry, which must be there. */
  delete(entry: Entry): void {
    const chain = this.#chainOf(entry.id);
    const first = this.#firstOf(chain);
    if (first === entry) this.#setFirst(chain, entry.nextInChain);
    else {
      let before = first as Entry;
      while (before.nextInChain !== entry) before = before.nextInChain as Entry;
      before.nextInChain = entry.nextInChain;
    }
    entry.nextInChain = undefined;
    this.#size--;
  }

  /** Adds a chain, and moves to it those entries of another that now belong there. */
  #split(): void {
    const added = this.#chains;
    const source = added - this.#mask - 1;
    this.#addChain();
    let entry = this.#firstOf(source);
    this.#setFirst(source, undefined);
    while (entry !== undefined) {
      const next: Entry | undefined = entry.nextInChain;
      this.#prepend(entry, this.#chainOf(entry.id));
      entry = next;
    }
    if (this.#chains === (this.#mask + 1) * 2) this.#mask = this.#mask * 2 + 1;
  }

  #chainOf(id: string): number {
    const hash = hashOf(id);
    const wide = hash & (this.#mask * 2 + 1);
    return wide < this.#chains ? wide : hash & this.#mask;
  }

  #addChain(): void {
    if (this.#chains % pieceSize === 0) this.#pieces.push(new Array(pieceSize).fill(undefined));
    this.#chains++;
  }

  #prepend(entry: Entry, chain: number): void {
    entry.nextInChain = this.#firstOf(chain);
    this.#setFirst(chain, entry);
  }

  #firstOf(chain: number): Entry | undefined {
    return (this.#pieces[Math.floor(chain / pieceSize)] as (Entry | undefined)[])[chain % pieceSize];
  }

  #setFirst(chain: number, entry: Entry | undefined): void {
    (this.#pieces[Math.floor(chain / pieceSize)] as (Entry | undefined)[])[chain % pieceSize] = entry;
  }
}
