import type { SessionRecord, SessionStore } from '@sess/core';
import { poll } from '@sess/test-support';
import { expect } from 'vitest';
import type { Bench } from './stores.js';

/** What is known of one session: the last write that was acknowledged and the last that was sent. */
interface Entry {
  readonly record: SessionRecord;
  acknowledged: number;
  sent: number;
  isDestroyed: boolean;
  wasDestroySent: boolean;
}

/** Writes sessions without pause, over errors, and holds the store to every write that it acknowledged. */
export class Ledger {
  readonly #bench: Bench;
  readonly #entries: Entry[] = [];
  #stopped = false;
  #done = 0;
  #failed = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Lets `lanes` sessions at a time be created, updated three times and, every other one, destroyed; until `stop`. */
  async work(lanes: number): Promise<void> {
    await Promise.all(Array.from({ length: lanes }, () => this.#workInTurn()));
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Resolves once `count` more writes have been acknowledged. */
  untilDone(count: number): Promise<void> {
    const goal = this.#done + count;
    return poll(async () => {
      if (this.#done < goal) throw new Error(`${this.#done} of ${goal} writes acknowledged`);
    }, 25_000);
  }

  /** Resolves once `count` writes have failed in all. */
  untilFailed(count: number): Promise<void> {
    return poll(async () => {
      if (this.#failed < count) throw new Error(`${this.#failed} of ${count} writes failed`);
    }, 25_000);
  }

  /** Compares the table with what was acknowledged, as `store` sees it. */
  async verify(store: SessionStore = this.#bench.store): Promise<void> {
    let destroyed = 0;
    for (const { record, acknowledged, sent, isDestroyed, wasDestroySent } of this.#entries) {
      const found = await poll(async () => store.read(record.id));
      if (isDestroyed) {
        expect(found).toBeUndefined();
        expect(await store.update({ ...record, version: sent + 1 }, sent)).toEqual({ outcome: 'gone' });
        destroyed++;
      } else if (acknowledged > 0 && !wasDestroySent) {
        expect(found?.version).toBeGreaterThanOrEqual(acknowledged);
        expect(found?.version).toBeLessThanOrEqual(sent);
        expect(found?.body).toBe(`${found?.version}`);
      }
    }
    expect(destroyed).toBeGreaterThan(0);
  }

  async #workInTurn(): Promise<void> {
    for (let turn = 0; !this.#stopped; turn++) {
      const record = this.#bench.record({ body: '1' });
      const entry: Entry = { record, acknowledged: 0, sent: 1, isDestroyed: false, wasDestroySent: false };
      this.#entries.push(entry);
      try {
        await this.#live(entry, turn % 2 === 0);
      } catch {
        this.#failed++;
        // Lets the event loop turn when nothing but refusals come back.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }

  async #live(entry: Entry, destroys: boolean): Promise<void> {
    const { store } = this.#bench;
    await store.create(entry.record);
    this.#acknowledge(entry, 1);
    for (let version = 2; version <= 4; version++) {
      entry.sent = version;
      const result = await store.update({ ...entry.record, version, body: `${version}` }, version - 1);
      expect(result).toEqual({ outcome: 'updated' });
      this.#acknowledge(entry, version);
    }
    if (!destroys) return;
    entry.wasDestroySent = true;
    await store.destroy(entry.record.id);
    entry.isDestroyed = true;
    this.#done++;
  }

  #acknowledge(entry: Entry, version: number): void {
    entry.acknowledged = version;
    this.#done++;
  }
}
