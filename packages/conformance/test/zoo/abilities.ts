import type { SessionRecord } from '@sess/core';
import { broken, brokenClass, brokenHarness, type Inhabitant, tick } from './inhabitant.js';
import { harnessOf, PlainStore } from './plain-store.js';

/** Defects of sweep and close, and of what is declared. */
export const abilityDefects: readonly Inhabitant[] = [
  broken('sweep-ignores-limit', 'sweeps everything that has expired, whatever the limit', (plain) => ({
    sweep: () => plain.sweep(Number.MAX_SAFE_INTEGER),
  })),
  broken('sweep-cut-at-100', 'sweeps a hundred records at most, whatever the limit', (plain) => ({
    sweep: (limit) => plain.sweep(Math.min(limit, 100)),
  })),
  broken(
    'sweep-in-two-steps',
    'looks which records have expired, waits, and then removes what has their ids',
    (plain) => ({
      async sweep(limit) {
        const due = plain.all().filter((record) => plain.isOver(record));
        await tick();
        for (const { id } of due.slice(0, limit)) plain.drop(id);
        return Math.min(due.length, limit);
      },
    }),
  ),
  broken('sweep-counts-wrong', 'counts what it looked at, not what it removed', (plain) => ({
    sweep(limit) {
      const looked = plain.all().length;
      const removed = plain.sweep(limit) as number;
      return removed === 0 && looked > 1 ? Math.min(limit, looked) : removed;
    },
  })),
  broken('sweep-takes-the-living', 'sweeps the living that stand before the expired', (plain) => ({
    sweep(limit) {
      const [first] = plain.all();
      const removed = plain.sweep(limit) as number;
      if (removed > 0 && first !== undefined) plain.drop(first.id);
      return removed;
    },
  })),
  brokenClass(
    'sweep-by-first-expiry',
    'sweeps a record at the expiry it had when it was created',
    class extends PlainStore {
      readonly #first = new Map<string, SessionRecord>();
      override create(record: SessionRecord) {
        this.#first.set(record.id, record);
        return super.create(record);
      }
      override sweep(limit: number) {
        const due = this.all()
          .filter((record) => this.isOver(this.#first.get(record.id) ?? record))
          .slice(0, limit);
        for (const { id } of due) this.drop(id);
        return due.length;
      }
    },
  ),
  brokenClass(
    'sweep-unless-touched',
    'sweeps a record at the expiry that a create or a touch gave it',
    class extends PlainStore {
      readonly #known = new Map<string, SessionRecord>();
      override put(record: SessionRecord) {
        if (this.disk.records.get(record.id)?.version === record.version) this.#known.set(record.id, record);
        super.put(record);
      }
      override create(record: SessionRecord) {
        this.#known.set(record.id, record);
        return super.create(record);
      }
      override sweep(limit: number) {
        const due = this.all()
          .filter((record) => this.isOver(this.#known.get(record.id) ?? record))
          .slice(0, limit);
        for (const { id } of due) this.drop(id);
        return due.length;
      }
    },
  ),
  brokenClass(
    'sweep-a-moment-early',
    'sweeps a record one millisecond before its time',
    class extends PlainStore {
      override sweep(limit: number) {
        const due = this.all()
          .filter((record) => record.expiresAt <= this.clock.now() + 1)
          .slice(0, limit);
        for (const { id } of due) this.drop(id);
        return due.length;
      }
    },
  ),
  brokenClass(
    'close-throws-the-second-time',
    'takes a second close for an error',
    class extends PlainStore {
      #isClosed = false;
      override close() {
        if (this.#isClosed) throw new Error('already closed');
        this.#isClosed = true;
      }
    },
  ),
  broken('closes-what-it-was-given', 'closes the connection that others use too', (plain) => ({
    close() {
      plain.disk.isCutOff = true;
    },
  })),
  brokenHarness('has-more-than-it-declares', 'can list and does not say so', {
    ...harnessOf((disk, clock) => new PlainStore(disk, clock)),
    abilities: ['sweep', 'close'],
  }),
];
