/**
 * The few things the store does to a disk. Every method but `flush` acts once, as the operating system does it, and
 * an outcome that another process can cause is a return value; any other failure is thrown as a `FileStoreError`.
 * Except for `exists` and `flushNow`, no method follows a symbolic link in the last part of a path.
 */
export interface FileSystem {
  /** What is at `path`; a symbolic link or anything else that is not a folder is `'foreign'`. */
  kind(path: string): 'folder' | Absent;

  /** Whether anything is at `path`, as far as this process can tell. */
  exists(path: string): boolean;

  /** The names in a folder, as one snapshot if they are few. */
  list(folder: string): readonly string[] | Absent;

  /** The text of a file. */
  read(file: string): { readonly text: string } | Absent;

  /** Makes a file that only its owner can read. Never replaces one. `'missing'`: its folder is not there. */
  write(file: string, text: string): 'done' | 'missing' | 'exists';

  /**
   * Makes a folder that only its owner can enter, and those above it; with `below`, only those below that one, which must be
   * there. Throws when something else has the name.
   */
  makeFolder(folder: string, below?: string): void;

  /**
   * Moves a file or a folder in one step. A folder may replace an empty folder, never any other.
   * `'missing'`: the source or the target's parent is not there.
   */
  rename(from: string, to: string): 'done' | 'missing' | 'occupied';

  /** Removes a file's name; returns whether it was there. */
  unlink(file: string): boolean;

  /** Removes an empty folder; returns whether there was one. */
  removeFolder(folder: string): boolean;

  /** When the file or folder was last changed (epoch ms, the machine's clock); `undefined` when it is not there. */
  changedAt(path: string): number | undefined;

  /** Resolves with `'done'` when the file's data, or the folder's names, would survive a loss of power. */
  flush(path: string): Promise<'done' | 'missing'>;

  /** Flushes a folder before it returns. A symbolic link is followed. */
  flushNow(folder: string): void;
}

/** Nothing is there, or something that the store did not make. */
export type Absent = 'missing' | 'foreign';
