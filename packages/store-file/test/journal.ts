import { dirname, normalize } from 'node:path';
import type { FileSystem } from '../src/file-system.js';
import type { MemoryFileSystem } from './memory-file-system.js';

/** A change of a disk. */
interface Change {
  /** The folders whose names it changes, or the file whose text: each changes in the order it was told to. */
  readonly of: readonly string[];
  readonly redo: (fs: MemoryFileSystem) => void;
}

/**
 * A disk that can lose power. Of what was not flushed it may then have kept anything, with two limits, which are those of
 * file systems with a journal: the changes of one folder last in their order, and a rename wholly or not at all.
 */
export class Journal {
  readonly #base: MemoryFileSystem;
  readonly #changes: Change[] = [];
  readonly #flushed = new Set<Change>();
  readonly fs: FileSystem;

  /** Goes on from what is on `base`, all of which lasts. */
  constructor(base: MemoryFileSystem) {
    this.#base = base;
    const fs = base.clone();
    this.fs = {
      kind: (path) => fs.kind(path),
      exists: (path) => fs.exists(path),
      list: (folder) => fs.list(folder),
      read: (file) => fs.read(file),
      changedAt: (path) => fs.changedAt(path),
      write: (file, text) => {
        const outcome = fs.write(file, text);
        if (outcome === 'done') {
          this.#note([dirname(file)], (disk) => disk.write(file, ''));
          if (text !== '') this.#note([file], (disk) => disk.unlink(file) && disk.write(file, text));
        }
        return outcome;
      },
      makeFolder: (folder, below) => {
        fs.makeFolder(folder, below);
        for (const path of pathsTo(folder)) this.#note([dirname(path)], (disk) => makeFolderIn(disk, path));
      },
      rename: (from, to) => {
        const outcome = fs.rename(from, to);
        if (outcome === 'done') this.#note([dirname(from), dirname(to)], (disk) => disk.rename(from, to));
        return outcome;
      },
      unlink: (file) => {
        const outcome = fs.unlink(file);
        if (outcome) this.#note([dirname(file)], (disk) => disk.unlink(file));
        return outcome;
      },
      removeFolder: (folder) => {
        const outcome = fs.removeFolder(folder);
        if (outcome) this.#note([dirname(folder)], (disk) => disk.removeFolder(folder));
        return outcome;
      },
      flush: async (path) => {
        // Through `..`, as the system finds it.
        if (!fs.exists(path.replace(/\/\.\.$/, ''))) return 'missing';
        this.#flush(normalize(path));
        return 'done';
      },
      flushNow: (folder) => this.#flush(folder),
    };
  }

  /** Every disk that a loss of power may now leave. */
  *losses(): Generator<MemoryFileSystem> {
    yield* this.#choose(0, []);
  }

  *#choose(index: number, kept: readonly Change[]): Generator<MemoryFileSystem> {
    const change = this.#changes[index];
    if (change === undefined) {
      const disk = this.#base.clone();
      for (const { redo } of kept) redo(disk);
      yield disk;
      return;
    }
    if (!this.#flushed.has(change)) yield* this.#choose(index + 1, kept);
    const lost = this.#changes.slice(0, index).filter((other) => !kept.includes(other));
    if (!lost.some((other) => sharePath(other, change))) yield* this.#choose(index + 1, [...kept, change]);
  }

  #note(of: readonly string[], redo: (fs: MemoryFileSystem) => unknown): void {
    this.#changes.push({ of, redo: (fs) => void redo(fs) });
  }

  /** All changes of a path, and what must have come before them. */
  #flush(path: string): void {
    const needed = new Set([path]);
    for (const change of [...this.#changes].reverse()) {
      if (!change.of.some((each) => needed.has(each))) continue;
      this.#flushed.add(change);
      for (const each of change.of) needed.add(each);
    }
  }
}

function sharePath(one: Change, other: Change): boolean {
  return one.of.some((path) => other.of.includes(path));
}

/** `/a`, `/a/b` and so on to the folder itself. */
function pathsTo(folder: string): string[] {
  return dirname(folder) === folder ? [] : [...pathsTo(dirname(folder)), folder];
}

/** A folder whose parent was lost is lost too. */
function makeFolderIn(disk: MemoryFileSystem, folder: string): void {
  if (dirname(folder) === '/' || disk.exists(dirname(folder))) disk.makeFolder(folder);
}
