import {
  type Clock,
  isExpired,
  type SessionRecord,
  type SessionStore,
  type SubjectIndex,
  type UpdateResult,
} from '@sess/core';
import { type RedisCommands, toCommands, toText } from './client.js';
import { RedisStoreError } from './errors.js';
import { createKeys, type Keys } from './keys.js';
import { createNonce } from './nonce.js';
import { type RedisStoreOptions, resolveOptions } from './options.js';
import { createScript, destroyScript, touchScript, updateScript } from './scripts.js';
import { decodeRecord, digits, encodeRecord, encodeSubject, unplaced } from './stored-record.js';
import { RedisSubjectIndex } from './subject-index.js';

/** How long (ms) a destroyed record is remembered, so that a create that its client resends finds a trace of it. */
const resendWindow = 60_000;

/**
 * How often `list` looks again while the subject's sessions are being written. After that it resolves to what it saw last:
 * right for each session, though perhaps not for all at one moment.
 */
const mostLooks = 10;

/** Stored values by id; undefined where there is none. */
type Collected = ReadonlyMap<string, string | undefined>;

/** A store in Redis or Redis Cluster: one key per session, every write one atomic step on the server. */
export type RedisStore = SessionStore & SubjectIndex;

/**
 * Creates a store that keeps sessions in Redis, through node-redis or ioredis. Throws `ERR_SESS_CONFIG` for an invalid
 * option; its methods reject with a `RedisStoreError`. It opens and closes nothing: the client stays yours.
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  const { client, prefix, clock, maxClockSkew } = resolveOptions(options);
  return new KeyspaceStore(toCommands(client), createKeys(prefix), clock, maxClockSkew);
}

class KeyspaceStore implements RedisStore {
  readonly #redis: RedisCommands;
  readonly #keys: Keys;
  readonly #clock: Clock;
  readonly #maxClockSkew: number;
  readonly #index: RedisSubjectIndex;

  constructor(redis: RedisCommands, keys: Keys, clock: Clock, maxClockSkew: number) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
    this.#maxClockSkew = maxClockSkew;
    this.#index = new RedisSubjectIndex(redis, keys, maxClockSkew);
  }

  async create(record: SessionRecord): Promise<'created' | 'exists'> {
    if (isExpired(record.expiresAt, this.#now())) {
      return (await this.read(record.id)) === undefined ? 'created' : 'exists';
    }
    const { id, subject, expiresAt } = record;
    const placement = subject === undefined ? unplaced : await this.#index.add(subject, id, expiresAt, this.#now());
    const nonce = createNonce();
    const now = this.#now();
    // Redis measures the key's life from now on, so neither clock need be right, only steady.
    const ttl = Math.max(1, expiresAt - now + this.#maxClockSkew);
    const args = [String(now), nonce, encodeRecord(record, placement, nonce), String(ttl)];
    const reply = await this.#redis.run(createScript, this.#keys.record(id), args);
    return isYes(reply) ? 'created' : 'exists';
  }

  async read(id: string): Promise<SessionRecord | undefined> {
    const value = await this.#value(id);
    const record = value === undefined ? undefined : decodeRecord(id, value).record;
    return record === undefined || isExpired(record.expiresAt, this.#now()) ? undefined : record;
  }

  async update(record: SessionRecord, ifVersion: number): Promise<UpdateResult> {
    const { id, subject } = record;
    const subjectLength = Buffer.byteLength(encodeSubject(subject));
    const nonce = createNonce();
    let placement = unplaced;
    for (;;) {
      const value = encodeRecord(record, placement, nonce);
      const args = [this.#now(), ifVersion, nonce, subjectLength, this.#maxClockSkew, value].map(String);
      const reply = await this.#redis.run(updateScript, this.#keys.record(id), args);
      if (!Array.isArray(reply) || subject === undefined) return toUpdateResult(id, reply);
      const { record: current } = decodeRecord(id, toText(reply[0]) ?? '');
      const expiresAt = Math.max(record.expiresAt, current.expiresAt);
      placement = await this.#index.add(subject, id, expiresAt, this.#now());
    }
  }

  async touch(id: string, expiresAt: number): Promise<'touched' | 'gone'> {
    let placement = unplaced;
    let replaces = '';
    for (;;) {
      const numbers = [String(this.#now()), digits(expiresAt), String(this.#maxClockSkew), digits(placement.until)];
      const args = [...numbers, placement.mark, replaces];
      const reply = await this.#redis.run(touchScript, this.#keys.record(id), args);
      if (!Array.isArray(reply)) return isYes(reply) ? 'touched' : 'gone';
      const current = decodeRecord(id, toText(reply[0]) ?? '');
      replaces = current.placement.mark;
      placement = await this.#index.add(current.record.subject ?? '', id, expiresAt, this.#now());
    }
  }

  async destroy(id: string): Promise<void> {
    const reply = await this.#redis.run(destroyScript, this.#keys.record(id), [String(resendWindow)]);
    const head = toText(reply) ?? '';
    const { record, placement } = decodeRecord(id, head);
    if (record.subject === undefined) return;
    try {
      await this.#index.remove(record.subject, id, placement);
    } catch {
      // The session is gone, which is what was asked for. `list` skips the entry, which expires by itself.
    }
  }

  async list(subject: string): Promise<readonly SessionRecord[]> {
    let before = await this.#collect(subject);
    if (before.size === 0) return [];
    for (let round = 1; ; round++) {
      const now = this.#now();
      const after = await this.#collect(subject);
      if (round === mostLooks || isUnchanged(before, after)) return liveRecords(after, subject, now);
      before = after;
    }
  }

  #now(): number {
    return Math.floor(this.#clock.now());
  }

  async #value(id: string): Promise<string | undefined> {
    try {
      return await this.#redis.get(this.#keys.record(id));
    } catch (error) {
      // Another program's list or hash: as foreign as another program's string.
      if (error instanceof RedisStoreError && error.reply === 'WRONGTYPE') return '';
      throw error;
    }
  }

  /** What is stored for each id that the subject's index names: the index first, then the records. */
  async #collect(subject: string): Promise<Collected> {
    const ids = await this.#index.list(subject, this.#now());
    const values = await Promise.all(ids.map((id) => this.#value(id)));
    return new Map(ids.map((id, i) => [id, values[i]]));
  }
}

/**
 * Whether every record of `after` had the same value before: then all of them had it at the one moment in between
 * when the index was read for `after`, and the list is what the subject had at that moment.
 */
function isUnchanged(before: Collected, after: Collected): boolean {
  for (const [id, value] of after) if (!before.has(id) || before.get(id) !== value) return false;
  return true;
}

/** The live records among these; an id may have been another subject's, or nobody's, since its entry was made. */
function liveRecords(collected: Collected, subject: string, now: number): readonly SessionRecord[] {
  const records: SessionRecord[] = [];
  for (const [id, value] of collected) {
    const record = value === undefined ? undefined : decodeRecord(id, value).record;
    if (record?.subject === subject && !isExpired(record.expiresAt, now)) records.push(record);
  }
  return records;
}

/** Whether a script replied 1, as a number or, by an option of the client, as text. */
function isYes(reply: unknown): boolean {
  return String(reply) === '1';
}

function toUpdateResult(id: string, reply: unknown): UpdateResult {
  const text = String(reply);
  if (text === '1') return { outcome: 'updated' };
  if (text === '0') return { outcome: 'gone' };
  return { outcome: 'conflict', current: decodeRecord(id, text).record };
}
