import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  promises,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { notAFolder, notThere, readCode, toStoreError } from './errors.js';
import type { FileSystem } from './file-system.js';

/** Windows has neither this flag nor `O_NONBLOCK`; there they are `undefined` and count as nothing. */
const noFollow = constants.O_NOFOLLOW | 0;
/** A named pipe in the place of a file must not make its reader wait for a writer. */
const reading = constants.O_RDONLY | noFollow | (constants.O_NONBLOCK | 0);
const creating = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow;

/** What is not a plain file: a symbolic link, a folder, a pipe, a path through a file. */
const unreadable = {
  ENOENT: 'missing',
  ELOOP: 'foreign',
  EISDIR: 'foreign',
  EAGAIN: 'foreign',
  ENXIO: 'foreign',
  ENOTDIR: 'foreign',
} as const;

/**
 * The machine's file system through `node:fs`. Everything but `flush` is synchronous: from the page cache such a call
 * takes 1–10 µs, less than the event loop spends on handing it to a thread and back.
 */
export const nodeFileSystem: FileSystem = {
  kind(path) {
    return attempt('look at', path, { ENOTDIR: 'foreign' }, () => {
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found === undefined) return 'missing';
      return found.isDirectory() ? 'folder' : 'foreign';
    });
  },

  exists(path) {
    return existsSync(path);
  },

  list(folder) {
    const kind = nodeFileSystem.kind(folder);
    if (kind !== 'folder') return kind;
    return attempt('read', folder, { ENOENT: 'missing', ENOTDIR: 'foreign' }, () => readdirSync(folder));
  },

  read(file) {
    return attempt('read', file, unreadable, () => {
      const handle = openSync(file, reading);
      try {
        return { text: readFileSync(handle, 'utf8') };
      } finally {
        closeSync(handle);
      }
    });
  },

  write(file, text) {
    return attempt('write', file, { ENOENT: 'missing', ENOTDIR: 'missing', EEXIST: 'exists' }, () => {
      const handle = openSync(file, creating, 0o600);
      try {
        if (text !== '') writeFileSync(handle, text);
      } finally {
        closeSync(handle);
      }
      return 'done';
    });
  },

  makeFolder(folder, below) {
    // Not `recursive`: that hides a read-only file system behind an ENOENT.
    if (makeOneFolder(folder, { ENOENT: 'orphan' }) !== 'orphan') return;
    const parent = dirname(folder);
    if (parent === below) throw notThere(below);
    nodeFileSystem.makeFolder(parent, below);
    // Where there is a folder above and still no way to make one in it, as in /proc, that is an error.
    makeOneFolder(folder, {});
  },

  rename(from, to) {
    // ENOTDIR: the target is a file, or no folder leads there; either way it is not ours to replace.
    const outcomes = {
      ENOENT: 'missing',
      ENOTEMPTY: 'occupied',
      EEXIST: 'occupied',
      ENOTDIR: 'occupied',
      EISDIR: 'occupied',
    } as const;
    return attempt('move', from, outcomes, () => {
      renameSync(from, to);
      return 'done';
    });
  },

  unlink(file) {
    return attempt('remove', file, { ENOENT: false, ENOTDIR: false, EISDIR: false }, () => {
      unlinkSync(file);
      return true;
    });
  },

  removeFolder(folder) {
    return attempt('remove', folder, { ENOENT: false, ENOTEMPTY: false, EEXIST: false, ENOTDIR: false }, () => {
      rmdirSync(folder);
      return true;
    });
  },

  changedAt(path) {
    return attempt('look at', path, { ENOTDIR: undefined }, () => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs);
  },

  async flush(path) {
    try {
      const handle = await promises.open(path, constants.O_RDONLY | noFollow);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      return 'done';
    } catch (error) {
      if (readCode(error) === 'ENOENT') return 'missing';
      throw toStoreError(error, 'flush', path);
    }
  },

  flushNow(folder) {
    attempt('flush', folder, {}, () => {
      const handle = openSync(folder, constants.O_RDONLY);
      try {
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
    });
  },
};

/** Makes a folder in one that is there. */
function makeOneFolder(folder: string, outcomes: { readonly ENOENT?: 'orphan' }): 'done' | 'exists' | 'orphan' {
  const known = { EEXIST: 'exists', ENOTDIR: 'foreign', ...outcomes } as const;
  const outcome = attempt('make the folder', folder, known, () => {
    mkdirSync(folder, 0o700);
    return 'done' as const;
  });
  if (outcome === 'foreign' || (outcome === 'exists' && nodeFileSystem.kind(folder) === 'foreign')) {
    throw notAFolder(folder);
  }
  return outcome;
}

/** Does `act`; an error whose code is among the `outcomes` becomes that outcome, any other a `FileStoreError`. */
function attempt<T, A>(action: string, path: string, outcomes: Readonly<Record<string, A>>, act: () => T): T | A {
  try {
    return act();
  } catch (error) {
    const code = readCode(error);
    if (code !== undefined && Object.hasOwn(outcomes, code)) return outcomes[code] as A;
    throw toStoreError(error, action, path);
  }
}
