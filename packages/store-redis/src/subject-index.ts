import type { RedisCommands } from './client.js';
import { toText } from './client.js';
import { decodeName, encodeName, type Keys } from './keys.js';
import { createNonce, nonceLength } from './nonce.js';
import { indexAddScript, indexListScript, indexRemoveScript } from './scripts.js';
import type { Placement } from './stored-record.js';

/**
 * The ids of each subject's sessions, in one sorted set per subject: a member is a mark and an id, its score the time
 * (epoch ms) until which it counts.
 *
 * A record lives in another slot of a cluster, so no step changes both. The rule that keeps `list` right is:
 * a record that has a subject names, in the same atomic write, an entry that was added before and counts for at least
 * as long as the record lives. A crash in between leaves an entry without a record, never a record without an entry.
 * Each addition makes its own mark, so removing the entry that a destroyed record named cannot hit the entry of a
 * record made since; and entries that may belong to a write in flight are left to expire, never presumed dead.
 */
export class RedisSubjectIndex {
  readonly #redis: RedisCommands;
  readonly #keys: Keys;
  readonly #maxClockSkew: number;

  constructor(redis: RedisCommands, keys: Keys, maxClockSkew: number) {
    this.#redis = redis;
    this.#keys = keys;
    this.#maxClockSkew = maxClockSkew;
  }

  /** Adds an entry that counts for twice the record's remaining life, so that few touches need a new one. */
  async add(subject: string, id: string, expiresAt: number, now: number): Promise<Placement> {
    const until = Math.min(expiresAt + Math.max(0, expiresAt - now), Number.MAX_SAFE_INTEGER);
    const mark = createNonce();
    const skew = this.#maxClockSkew;
    const args = [until, mark + encodeName(id), now - skew, now, skew].map(String);
    await this.#redis.run(indexAddScript, this.#keys.index(subject), args);
    return { until, mark };
  }

  /** The ids that may belong to `subject`, each once: all of its live sessions, and perhaps some others. */
  async list(subject: string, now: number): Promise<readonly string[]> {
    const reply = await this.#redis.run(indexListScript, this.#keys.index(subject), [String(now - this.#maxClockSkew)]);
    const members = Array.isArray(reply) ? reply : [];
    return [...new Set(members.map((member) => decodeName((toText(member) ?? '').slice(nonceLength))))];
  }

  /** Removes the entry that a record named. */
  async remove(subject: string, id: string, { mark }: Placement): Promise<void> {
    await this.#redis.run(indexRemoveScript, this.#keys.index(subject), [mark + encodeName(id)]);
  }
}
