import type { StoreHarness } from '@sess/conformance';
import {
  type Clock,
  isExpired,
  type SessionRecord,
  type SessionStore,
  type SubjectIndex,
  type Sweepable,
  type UpdateResult,
} from '@sess/core';

/** What a plain store keeps its records in; it survives the store, as a disk survives a process. */
export class Disk {
  records = new Map<string, SessionRecord>();
  isCutOff = false;
  /** Every id that was ever put into it. */
  readonly seen = new Set<string>();

  /** Throws while the store is cut off from it. */
  reach(): void {
    if (this.isCutOff) throw new Error('the disk cannot be reached');
  }
}

/** Everything a store can be asked. */
export interface AnyStore extends SessionStore, SubjectIndex, Sweepable {
  close(): void;
}

/**
 * A correct store with every ability, as simple as can be, for the inhabitants of the zoo to spoil. A small defect
 * overrides one of the small methods at the end, a larger one a method of the contract.
 */
export class PlainStore implements AnyStore {
  readonly disk: Disk;
  readonly clock: Clock;

  constructor(disk: Disk, clock: Clock) {
    this.disk = disk;
    this.clock = clock;
  }

  create(record: SessionRecord): ReturnType<SessionStore['create']> {
    if (this.find(record.id) !== undefined) return 'exists';
    this.put(record);
    return 'created';
  }

  read(id: string): ReturnType<SessionStore['read']> {
    const record = this.find(id);
    return record && this.copyOut(record);
  }

  update(record: SessionRecord, ifVersion: number): ReturnType<SessionStore['update']> {
    const current = this.find(record.id);
    if (current === undefined) return { outcome: 'gone' };
    if (current.version !== ifVersion) return this.conflict(current);
    this.put({ ...record, expiresAt: Math.max(record.expiresAt, current.expiresAt) });
    return { outcome: 'updated' };
  }

  touch(id: string, expiresAt: number): ReturnType<SessionStore['touch']> {
    const current = this.find(id);
    if (current === undefined) return 'gone';
    this.put({ ...current, expiresAt: Math.max(expiresAt, current.expiresAt) });
    return 'touched';
  }

  destroy(id: string): ReturnType<SessionStore['destroy']> {
    this.drop(id);
  }

  list(subject: string): ReturnType<SubjectIndex['list']> {
    return this.all()
      .filter((record) => record.subject === subject && !this.isOver(record))
      .map((record) => this.copyOut(record));
  }

  sweep(limit: number): ReturnType<Sweepable['sweep']> {
    const expired = this.all().filter((record) => this.isOver(record));
    for (const { id } of expired.slice(0, limit)) this.drop(id);
    return Math.min(limit, expired.length);
  }

  close(): void {}

  /** The live record with this id, as it is stored. */
  find(id: string): SessionRecord | undefined {
    this.disk.reach();
    const record = this.disk.records.get(this.keyOf(id));
    return record === undefined || this.isOver(record) ? undefined : record;
  }

  put(record: SessionRecord): void {
    this.disk.reach();
    this.disk.seen.add(record.id);
    this.disk.records.set(this.keyOf(record.id), this.copyIn(record));
  }

  drop(id: string): void {
    this.disk.reach();
    this.disk.records.delete(this.keyOf(id));
  }

  all(): SessionRecord[] {
    this.disk.reach();
    return [...this.disk.records.values()];
  }

  conflict(current: SessionRecord): UpdateResult {
    return { outcome: 'conflict', current: this.copyOut(current) };
  }

  keyOf(id: string): string {
    return id;
  }

  copyIn(record: SessionRecord): SessionRecord {
    return { ...record };
  }

  copyOut(record: SessionRecord): SessionRecord {
    return { ...record };
  }

  isOver(record: SessionRecord): boolean {
    return isExpired(record.expiresAt, this.clock.now());
  }
}

interface OpenedPlain {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly store: AnyStore;
}

/** A harness that offers everything, for stores over a `Disk`. */
export function harnessOf(make: (disk: Disk, clock: Clock) => AnyStore): StoreHarness<OpenedPlain> {
  return {
    abilities: ['subjectIndex', 'sweep', 'close'],
    patience: 1_000,
    open({ clock }) {
      const disk = new Disk();
      return { disk, clock, store: make(disk, clock) };
    },
    connect: ({ disk, clock }) => make(disk, clock),
    crash: () => {},
    restart: ({ disk, clock }) => make(disk, clock),
    partition({ disk }) {
      disk.isCutOff = true;
    },
    heal({ disk }) {
      disk.isCutOff = false;
    },
  };
}
