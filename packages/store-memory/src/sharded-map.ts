import { hashOf } from './hash.js';

/** How many keys a shard holds on average before another shard is added. */
const shardSize = 256;

/**
 * A map from strings that never pauses to grow. One `Map` of a million keys copies them all when it is full, which
 * takes tens of milliseconds; this one is many small `Map`s, split one at a time (linear hashing), so that no call
 * moves more than a few hundred keys.
 */
export class ShardedMap<V> {
  readonly #shards: Map<string, V>[] = [new Map()];
  /** One less than the largest power of two that is not above the number of shards. */
  #mask = 0;
  #size = 0;

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  /** The value of `key`; `undefined` when there is none. */
  get(key: string): V | undefined {
    return this.#shardOf(key).get(key);
  }

  /** Sets the value of `key`, replacing what it had. */
  set(key: string, value: V): void {
    const shard = this.#shardOf(key);
    const before = shard.size;
    shard.set(key, value);
    if (shard.size === before) return;
    this.#size++;
    if (this.#size > this.#shards.length * shardSize) this.#split();
  }

  /** Removes `key`, if it is there. */
  delete(key: string): void {
    if (this.#shardOf(key).delete(key)) this.#size--;
  }

  #shardOf(key: string): Map<string, V> {
    return this.#shards[this.#address(key)] as Map<string, V>;
  }

  #address(key: string): number {
    // At most 32 characters, spread over the key: only how full the shards are depends on it.
    const hash = hashOf(key, 1 + (key.length >> 5));
    const wide = hash & (this.#mask * 2 + 1);
    return wide < this.#shards.length ? wide : hash & this.#mask;
  }

  #split(): void {
    const added = this.#shards.length;
    const source = this.#shards[added - this.#mask - 1] as Map<string, V>;
    const target = new Map<string, V>();
    this.#shards.push(target);
    for (const [key, value] of source) {
      if (this.#address(key) !== added) continue;
      target.set(key, value);
      source.delete(key);
    }
    if (this.#shards.length === (this.#mask + 1) * 2) this.#mask = this.#mask * 2 + 1;
  }
}
