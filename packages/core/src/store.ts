/**
 * The store contract: what `@sess/core` asks of a place that keeps sessions.
 *
 * There is no `set`. An upsert is what brings a destroyed session back to life, so the contract has
 * none: `create` never replaces, and every other write acts only on a live record.
 *
 * For every method:
 * - A method returns its value or a promise of it.
 * - A record whose `expiresAt` is not after now (see `isExpired`) does not exist, whether or not the store
 *   has removed it yet.
 * - A store may drop an expired record at any time and must never drop a live one.
 * - Each call takes effect atomically (linearizable), across every process that shares the store.
 * - Records are values: the store keeps no reference to the caller's object, changes nothing in it, and hands out none of its own.
 * - A failure of any kind is thrown (or rejected), never returned; the core wraps it once, with `cause`.
 */
export interface SessionStore {
  /**
   * Adds a record. `'exists'` when a live record has this id, which is then left as it is.
   * A record that is already expired on arrival counts as created and gone.
   */
  create(record: SessionRecord): Awaitable<'created' | 'exists'>;

  /** The live record with this id; `undefined` when there is none. Does not change it; an expired one may be removed. */
  read(id: string): Awaitable<SessionRecord | undefined>;

  /**
   * Replaces the live record with `record.id` if its version is exactly `ifVersion`, as one atomic step.
   * The stored `expiresAt` becomes the later of the two, so that a slow writer never cuts short what a
   * touch has extended; everything else is stored as given, a missing `subject` included.
   *
   * - `updated`: done.
   * - `gone`: no live record has this id (never created, destroyed or expired). Nothing is written.
   * - `conflict`: the record is at another version. Nothing is written; `current` is the record as it is.
   */
  update(record: SessionRecord, ifVersion: number): Awaitable<UpdateResult>;

  /**
   * Extends a live record to `expiresAt` (epoch ms). Only ever extends: an earlier or equal time changes nothing
   * and still returns `'touched'`. Never changes version or body. `'gone'` when no live record has this id.
   */
  touch(id: string, expiresAt: number): Awaitable<'touched' | 'gone'>;

  /** Removes the record for good. Idempotent: an unknown, expired or destroyed id is not an error. */
  destroy(id: string): Awaitable<void>;
}

/** What a store keeps for one session. Nothing in it gives access to the session. */
export interface SessionRecord {
  /** The session's public handle, unique in the store. Any non-empty string must be stored faithfully. */
  readonly id: string;
  /** A positive integer, raised by the core with every update; the store compares and keeps it. */
  readonly version: number;
  /** Epoch milliseconds, absolute, an integer. The record is expired once the time has reached it. */
  readonly expiresAt: number;
  /** Who the session belongs to; absent while it belongs to nobody. */
  readonly subject?: string;
  /** Opaque text (well-formed Unicode): the core's envelope around the session's data. */
  readonly body: string;
}

/** The outcomes of `SessionStore.update`. */
export type UpdateResult =
  | { readonly outcome: 'updated' }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'conflict'; readonly current: SessionRecord };

/** A value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Ability: a store that can find the sessions of a subject. */
export interface SubjectIndex {
  /**
   * Every live record of `subject`, in any order; empty when there is none. Linearizable with the contract's
   * methods: a record whose create or update has been acknowledged is listed, a destroyed one is not.
   */
  list(subject: string): Awaitable<readonly SessionRecord[]>;
}

/** Ability: a store that removes expired records when told to. */
export interface Sweepable {
  /** Removes up to `limit` expired records, never a live one, and returns how many it removed. */
  sweep(limit: number): Awaitable<number>;
}

/** Ability: a store that holds something open. It closes only what it opened itself. */
export interface Closable {
  /** Releases what the store opened. Idempotent. The store is not used afterwards. */
  close(): Awaitable<void>;
}

/** Whether the store can list a subject's sessions. */
export function hasSubjectIndex<S extends SessionStore>(store: S): store is S & SubjectIndex {
  return hasMethod(store, 'list');
}

/** Whether the store needs its expired records swept. */
export function isSweepable<S extends SessionStore>(store: S): store is S & Sweepable {
  return hasMethod(store, 'sweep');
}

/** Whether the store has something to close. */
export function isClosable<S extends SessionStore>(store: S): store is S & Closable {
  return hasMethod(store, 'close');
}

function hasMethod(store: object, name: string): boolean {
  return typeof (store as Record<string, unknown>)[name] === 'function';
}
