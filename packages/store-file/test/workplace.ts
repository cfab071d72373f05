import { readdirSync } from 'node:fs';
import { type ManualClock, manualClock, type SessionRecord } from '@sess/core';
import { type FileStore, type FileStoreOptions, type FileStoreProblem, fileStore } from '@sess/store-file';
import { afterEach, beforeEach } from 'vitest';
import type { Disk } from '../src/disk.js';
import { LastSeen } from '../src/last-seen.js';
import { Layout } from '../src/layout.js';
import { nodeFileSystem } from '../src/node-file-system.js';
import { prepareFolders } from '../src/prepare-folders.js';
import { createReport } from '../src/problems.js';
import { makeTemporaryDirectory, removeDirectory } from './temporary-directory.js';

const hour = 3_600_000;

/** A directory of its own for each test, with a store in it and a clock that the test moves. */
export class Workplace {
  directory = '';
  clock: ManualClock = manualClock();
  problems: FileStoreProblem[] = [];
  #store: FileStore | undefined;

  /** To be called in a suite: makes the workplace before each of its tests and removes it after. */
  static use(): Workplace {
    const workplace = new Workplace();
    beforeEach(() => workplace.#set());
    afterEach(() => removeDirectory(workplace.directory));
    return workplace;
  }

  /** The store. */
  get store(): FileStore {
    this.#store ??= this.open();
    return this.#store;
  }

  /** What the operations of an open store work on. */
  get disk(): Disk {
    const { clock, layout } = this;
    prepareFolders(nodeFileSystem, layout, 'process');
    const report = createReport((problem) => this.problems.push(problem));
    return { fs: nodeFileSystem, layout, clock, report, lastSeen: new LastSeen(), power: false };
  }

  get layout(): Layout {
    return new Layout(this.directory);
  }

  /** Another store on the same directory. */
  open(options: Partial<FileStoreOptions> = {}): FileStore {
    const { directory, clock } = this;
    return fileStore({ directory, clock, onProblem: (problem) => this.problems.push(problem), ...options });
  }

  /** A record that lives an hour, with the given parts. */
  record(parts: Partial<SessionRecord> = {}): SessionRecord {
    return { id: 'abcdefghjkmnpqrstvwx', version: 1, expiresAt: this.clock.now() + hour, body: '{}', ...parts };
  }

  /** The path of a record's folder. */
  folderOf(id: string): string {
    return this.layout.place(id).folder;
  }

  /** The path of a record's text. */
  textOf(id: string): string {
    const folder = this.folderOf(id);
    return `${folder}/${readdirSync(folder).find((name) => name.endsWith('.record'))}`;
  }

  /** All paths in the directory but the folders that are always there, relative to it. */
  content(): string[] {
    return readdirSync(this.directory, { recursive: true, encoding: 'utf8' })
      .filter((path) => !/^(records|subjects|drafts|trash)(\/[0-9a-f]{2})?$/.test(path))
      .sort();
  }

  #set(): void {
    this.directory = makeTemporaryDirectory();
    this.clock = manualClock();
    this.problems = [];
    this.#store = undefined;
  }
}
