import {
  type Awaitable,
  type Clock,
  isExpired,
  type SessionRecord,
  type SessionStore,
  type UpdateResult,
} from '@sess/core';
import { Gate } from './gate.js';

/** The names of the contract's methods. */
export type StoreMethod = keyof SessionStore;

/** An in-memory store whose methods a scenario can stop or make fail, and which remembers its calls. */
export class ScenarioStore implements SessionStore {
  readonly calls: StoreMethod[] = [];
  readonly #records = new Map<string, SessionRecord>();
  readonly #gates = new Map<StoreMethod, Gate>();
  readonly #failing = new Set<StoreMethod>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Stops calls of the method from now on, until the gate it returns is opened. */
  stop(method: StoreMethod): Gate {
    const gate = new Gate();
    this.#gates.set(method, gate);
    return gate;
  }

  /** Makes calls of the methods fail from now on. */
  fail(...methods: readonly StoreMethod[]): void {
    for (const method of methods) this.#failing.add(method);
  }

  /** How many live records there are. */
  get size(): number {
    return [...this.#records.keys()].filter((id) => this.#find(id) !== undefined).length;
  }

  create(record: SessionRecord): Awaitable<'created' | 'exists'> {
    return this.#call('create', () => {
      if (this.#find(record.id) !== undefined) return 'exists';
      this.#records.set(record.id, { ...record });
      return 'created';
    });
  }

  read(id: string): Awaitable<SessionRecord | undefined> {
    return this.#call('read', () => this.#find(id));
  }

  update(record: SessionRecord, ifVersion: number): Awaitable<UpdateResult> {
    return this.#call('update', () => {
      const current = this.#find(record.id);
      if (current === undefined) return { outcome: 'gone' };
      if (current.version !== ifVersion) return { outcome: 'conflict', current };
      const expiresAt = Math.max(record.expiresAt, current.expiresAt);
      this.#records.set(record.id, { ...record, expiresAt });
      return { outcome: 'updated' };
    });
  }

  touch(id: string, expiresAt: number): Awaitable<'touched' | 'gone'> {
    return this.#call('touch', () => {
      const current = this.#find(id);
      if (current === undefined) return 'gone';
      this.#records.set(id, { ...current, expiresAt: Math.max(expiresAt, current.expiresAt) });
      return 'touched';
    });
  }

  destroy(id: string): Awaitable<void> {
    return this.#call('destroy', () => {
      this.#records.delete(id);
    });
  }

  #find(id: string): SessionRecord | undefined {
    const record = this.#records.get(id);
    return record === undefined || isExpired(record.expiresAt, this.#clock.now()) ? undefined : { ...record };
  }

  async #call<R>(method: StoreMethod, act: () => R): Promise<R> {
    this.calls.push(method);
    await this.#gates.get(method)?.pass();
    if (this.#failing.has(method)) throw new Error(`the scenario has ${method} fail`);
    return act();
  }
}
