import {
  type Clock,
  isExpired,
  type SessionRecord,
  type SessionStore,
  type SubjectIndex,
  type Sweepable,
  type UpdateResult,
} from '@sess/core';
import { Entry } from './entry.js';
import { EntryTable } from './entry-table.js';
import { ExpiryQueue } from './expiry-queue.js';
import { type MemoryStoreOptions, resolveOptions } from './options.js';
import { MemorySubjectIndex } from './subject-index.js';

/**
 * How many due entries each write looks at. A record needs at most three such looks in a life of up to seven
 * weeks, so every write pays for more than it costs, and what has expired never piles up.
 */
const stepsPerWrite = 8;

/** How many entries that turn out to be alive a sweep or an eviction looks at before it gives up for this time. */
const stepsInVain = 1000;

const updated: UpdateResult = Object.freeze({ outcome: 'updated' });
const gone: UpdateResult = Object.freeze({ outcome: 'gone' });

/** A store in the memory of this process. Its methods return values, never promises, and never throw. */
export interface MemoryStore extends SessionStore, SubjectIndex, Sweepable {
  /** How many records are held, including expired ones not yet removed. */
  readonly size: number;
  create(record: SessionRecord): 'created' | 'exists';
  read(id: string): SessionRecord | undefined;
  update(record: SessionRecord, ifVersion: number): UpdateResult;
  touch(id: string, expiresAt: number): 'touched' | 'gone';
  destroy(id: string): void;
  list(subject: string): SessionRecord[];
  sweep(limit: number): number;
}

/**
 * Creates an empty store that lives as long as the object does: nothing is written anywhere, no timer runs.
 * Throws `ERR_SESS_CONFIG` for options that make no sense.
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const { clock, maxSessions } = resolveOptions(options);
  return new MapStore(clock, maxSessions);
}

class MapStore implements MemoryStore {
  readonly #clock: Clock;
  readonly #maxSessions: number;
  readonly #entries = new EntryTable();
  readonly #index = new MemorySubjectIndex();
  /** Entries without a subject are queued separately, because a full store evicts them first. */
  readonly #anonymous = new ExpiryQueue();
  readonly #owned = new ExpiryQueue();
  readonly #drop = (entry: Entry): void => {
    this.#entries.delete(entry);
    this.#index.remove(entry);
    this.#queueOf(entry).remove(entry);
  };

  constructor(clock: Clock, maxSessions: number) {
    this.#clock = clock;
    this.#maxSessions = maxSessions;
  }

  get size(): number {
    return this.#entries.size;
  }

  create(record: SessionRecord): 'created' | 'exists' {
    const now = this.#clock.now();
    if (this.#live(record.id, now) !== undefined) return 'exists';
    if (isExpired(record.expiresAt, now)) return 'created';

    this.#tidy(now);
    if (this.#entries.size >= this.#maxSessions) this.#makeRoom(now);
    const entry = new Entry(record);
    this.#entries.add(entry);
    this.#index.add(entry);
    this.#queueOf(entry).file(entry, record.expiresAt, now);
    return 'created';
  }

  read(id: string): SessionRecord | undefined {
    return this.#live(id, this.#clock.now())?.toRecord();
  }

  update(record: SessionRecord, ifVersion: number): UpdateResult {
    const now = this.#clock.now();
    const entry = this.#live(record.id, now);
    if (entry === undefined) return gone;
    if (entry.version !== ifVersion) return { outcome: 'conflict', current: entry.toRecord() };

    entry.version = record.version;
    entry.body = record.body;
    if (entry.subject !== record.subject) this.#setSubject(entry, record.subject);
    this.#extend(entry, record.expiresAt, now);
    return updated;
  }

  touch(id: string, expiresAt: number): 'touched' | 'gone' {
    const now = this.#clock.now();
    const entry = this.#live(id, now);
    if (entry === undefined) return 'gone';
    this.#extend(entry, expiresAt, now);
    return 'touched';
  }

  destroy(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#drop(entry);
  }

  list(subject: string): SessionRecord[] {
    const now = this.#clock.now();
    const records: SessionRecord[] = [];
    for (const entry of this.#index.list(subject)) {
      if (isExpired(entry.expiresAt, now)) this.#drop(entry);
      else records.push(entry.toRecord());
    }
    return records;
  }

  sweep(limit: number): number {
    const now = this.#clock.now();
    const removed = this.#sweepQueue(this.#anonymous, limit, now);
    return removed + this.#sweepQueue(this.#owned, limit - removed, now);
  }

  #sweepQueue(queue: ExpiryQueue, limit: number, now: number): number {
    const steps = limit + stepsInVain;
    const removed = queue.collect(now, limit, steps, this.#drop);
    return removed + queue.collectThisSecond(now, limit - removed, steps, this.#drop);
  }

  /** The entry of a live record; an expired one is dropped on the spot. */
  #live(id: string, now: number): Entry | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || !isExpired(entry.expiresAt, now)) return entry;
    this.#drop(entry);
    return undefined;
  }

  #extend(entry: Entry, expiresAt: number, now: number): void {
    this.#queueOf(entry).file(entry, Math.max(expiresAt, entry.expiresAt), now);
    this.#tidy(now);
  }

  /** The caller files the entry, which moves it to the queue it now belongs to. */
  #setSubject(entry: Entry, subject: string | undefined): void {
    this.#index.remove(entry);
    entry.subject = subject;
    this.#index.add(entry);
  }

  #queueOf(entry: Entry): ExpiryQueue {
    return entry.subject === undefined ? this.#anonymous : this.#owned;
  }

  #tidy(now: number): void {
    this.#anonymous.collect(now, stepsPerWrite, stepsPerWrite, this.#drop);
    this.#owned.collect(now, stepsPerWrite, stepsPerWrite, this.#drop);
  }

  /** Removes one record: an expired one if it can be found, else one without a subject, else the one nearest its expiry. */
  #makeRoom(now: number): void {
    const expired =
      this.#anonymous.collect(now, 1, stepsInVain, this.#drop) || this.#owned.collect(now, 1, stepsInVain, this.#drop);
    const victim = expired > 0 ? undefined : (this.#anonymous.earliest() ?? this.#owned.earliest());
    if (victim !== undefined) this.#drop(victim);
  }
}
