import {
  type Awaitable,
  type Clock,
  type Closable,
  isExpired,
  type SessionRecord,
  type SessionStore,
  type SubjectIndex,
  type Sweepable,
  type UpdateResult,
} from '@sess/core';

/** A call to the store, in the order it was made. */
export interface StoreCall {
  readonly operation: 'create' | 'read' | 'update' | 'touch' | 'destroy' | 'list' | 'sweep' | 'close';
  readonly arguments: readonly unknown[];
}

/**
 * The store contract in its plainest form, for tests that look at what the core asks of a store. It remembers every call,
 * and `before` may delay one (by a promise) or fail it (by throwing).
 */
export class MapStore implements SessionStore, SubjectIndex, Sweepable, Closable {
  readonly records = new Map<string, SessionRecord>();
  calls: StoreCall[] = [];
  before: (call: StoreCall) => Awaitable<void> = () => {};
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The names of the calls since `calls` was last emptied. */
  get operations(): readonly string[] {
    return this.calls.map(({ operation }) => operation);
  }

  /** The calls that may have changed something. */
  get writes(): readonly StoreCall[] {
    return this.calls.filter(({ operation }) => operation !== 'read' && operation !== 'list');
  }

  /** The live record of a store that holds exactly one. */
  get only(): SessionRecord {
    const live = [...this.records.values()].filter((record) => !isExpired(record.expiresAt, this.#clock.now()));
    const [record] = live;
    if (record === undefined || live.length !== 1) throw new Error(`the store holds ${live.length} live records`);
    return record;
  }

  create(record: SessionRecord): Awaitable<'created' | 'exists'> {
    return this.#answer({ operation: 'create', arguments: [record] }, () => {
      if (this.#live(record.id) !== undefined) return 'exists';
      this.records.set(record.id, { ...record });
      return 'created';
    });
  }

  read(id: string): Awaitable<SessionRecord | undefined> {
    return this.#answer({ operation: 'read', arguments: [id] }, () => this.#live(id));
  }

  update(record: SessionRecord, ifVersion: number): Awaitable<UpdateResult> {
    return this.#answer<UpdateResult>({ operation: 'update', arguments: [record, ifVersion] }, () => {
      const current = this.#live(record.id);
      if (current === undefined) return { outcome: 'gone' };
      if (current.version !== ifVersion) return { outcome: 'conflict', current };
      this.records.set(record.id, { ...record, expiresAt: Math.max(record.expiresAt, current.expiresAt) });
      return { outcome: 'updated' };
    });
  }

  touch(id: string, expiresAt: number): Awaitable<'touched' | 'gone'> {
    return this.#answer({ operation: 'touch', arguments: [id, expiresAt] }, () => {
      const current = this.#live(id);
      if (current === undefined) return 'gone';
      this.records.set(id, { ...current, expiresAt: Math.max(expiresAt, current.expiresAt) });
      return 'touched';
    });
  }

  destroy(id: string): Awaitable<void> {
    return this.#answer({ operation: 'destroy', arguments: [id] }, () => void this.records.delete(id));
  }

  list(subject: string): Awaitable<readonly SessionRecord[]> {
    return this.#answer({ operation: 'list', arguments: [subject] }, () =>
      [...this.records.keys()].flatMap((id) => this.#live(id) ?? []).filter((record) => record.subject === subject),
    );
  }

  sweep(limit: number): Awaitable<number> {
    return this.#answer({ operation: 'sweep', arguments: [limit] }, () => {
      const expired = [...this.records.keys()].filter((id) => this.#live(id) === undefined).slice(0, limit);
      for (const id of expired) this.records.delete(id);
      return expired.length;
    });
  }

  close(): Awaitable<void> {
    return this.#answer({ operation: 'close', arguments: [] }, () => {});
  }

  #live(id: string): SessionRecord | undefined {
    const record = this.records.get(id);
    return record === undefined || isExpired(record.expiresAt, this.#clock.now()) ? undefined : { ...record };
  }

  #answer<R>(call: StoreCall, act: () => R): Awaitable<R> {
    this.calls.push(call);
    const pause = this.before(call);
    return pause instanceof Promise ? pause.then(act) : act();
  }
}

/** The five methods of the contract and nothing else: what a store without abilities looks like. */
export function withoutAbilities(store: SessionStore): SessionStore {
  return {
    create: (record) => store.create(record),
    read: (id) => store.read(id),
    update: (record, ifVersion) => store.update(record, ifVersion),
    touch: (id, expiresAt) => store.touch(id, expiresAt),
    destroy: (id) => store.destroy(id),
  };
}
