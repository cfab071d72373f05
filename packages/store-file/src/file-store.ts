import type { SessionRecord, SessionStore, SubjectIndex, Sweepable, UpdateResult } from '@sess/core';
import { createRecord } from './create-record.js';
import { destroyRecord } from './destroy-record.js';
import type { Disk } from './disk.js';
import { LastSeen } from './last-seen.js';
import { Layout } from './layout.js';
import { nodeFileSystem } from './node-file-system.js';
import { type FileStoreOptions, resolveOptions } from './options.js';
import { prepareFolders } from './prepare-folders.js';
import { createReport } from './problems.js';
import { readRecord } from './read-record.js';
import { run } from './steps.js';
import { listSubject } from './subject-index.js';
import { Sweeper } from './sweeper.js';
import { touchRecord } from './touch-record.js';
import { updateRecord } from './update-record.js';

/**
 * A store in the files of one folder. `read` and `list` return a value, not a promise; with `durability: 'process'`
 * so do the writes. There is nothing to close: no file stays open, no timer runs, no lock is held.
 */
export type FileStore = SessionStore & SubjectIndex & Sweepable;

/**
 * Opens the store in `directory`, which is created if missing. Throws `ERR_SESS_CONFIG` for invalid options and
 * `FileStoreError`, immediately, when the folder cannot be used.
 */
export function fileStore(options: FileStoreOptions): FileStore {
  const { directory, durability, clock, onProblem } = resolveOptions(options);
  const layout = new Layout(directory);
  const fs = nodeFileSystem;
  prepareFolders(fs, layout, durability);
  const report = createReport(onProblem);
  return new FolderStore({ fs, layout, clock, report, lastSeen: new LastSeen(), power: durability === 'power' });
}

class FolderStore implements FileStore {
  readonly #disk: Disk;
  readonly #sweeper = new Sweeper();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  create(record: SessionRecord): 'created' | 'exists' | Promise<'created' | 'exists'> {
    return run(createRecord(this.#disk, record));
  }

  read(id: string): SessionRecord | undefined | Promise<SessionRecord | undefined> {
    return run(readRecord(this.#disk, id));
  }

  update(record: SessionRecord, ifVersion: number): UpdateResult | Promise<UpdateResult> {
    return run(updateRecord(this.#disk, record, ifVersion));
  }

  touch(id: string, expiresAt: number): 'touched' | 'gone' | Promise<'touched' | 'gone'> {
    return run(touchRecord(this.#disk, id, expiresAt));
  }

  destroy(id: string): void | Promise<void> {
    return run(destroyRecord(this.#disk, id));
  }

  list(subject: string): SessionRecord[] | Promise<SessionRecord[]> {
    return run(listSubject(this.#disk, subject));
  }

  sweep(limit: number): number | Promise<number> {
    return run(this.#sweeper.sweep(this.#disk, limit));
  }
}
