/** What failed and what to do about it, by the system's error code. */
const adviceByCode: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space, or move `directory` to a larger disk',
  EDQUOT: "the user's disk quota is used up. Raise it or free some space",
  EROFS: 'the file system is read-only. Mount it writable, or choose another `directory`',
  EACCES: 'this process may not do that there. Give its user read, write and search permission',
  EPERM: 'this process may not do that there. Give its user read, write and search permission',
  EFBIG: 'the file would be larger than the process may write. Raise its file size limit (ulimit -f)',
  EMFILE: 'this process has too many open files. Raise its limit (ulimit -n)',
  ENFILE: 'the machine has too many open files. Raise its limit',
  ENAMETOOLONG: 'the path is too long. Choose a shorter `directory`',
  EXDEV: 'the folders inside `directory` lie on different file systems. Keep them on one',
  EIO: 'the disk failed. Check it',
};

const brand = Symbol.for('sess.file-store-error');

/**
 * What every method of the file store throws or rejects with when a file operation fails: the message says what failed
 * and what to do. `cause` is Node's error; absent when the store itself found the fault. Recognise one with
 * `FileStoreError.is`, which also accepts errors from a second copy of the package, where `instanceof` fails.
 */
export class FileStoreError extends Error {
  override readonly name = 'FileStoreError';
  /** The system's error code, such as `'ENOSPC'` or `'EROFS'`; `'UNKNOWN'` when it gave none. */
  readonly code: string;
  /** The file or folder that could not be read or written. */
  readonly path: string;
  readonly [brand] = true;

  constructor(code: string, path: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.path = path;
  }

  /** Whether `value` is a `FileStoreError`. */
  static is(value: unknown): value is FileStoreError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** Wraps what Node threw when it tried to `action` (a verb) at `path`. */
export function toStoreError(error: unknown, action: string, path: string): FileStoreError {
  const code = readCode(error) ?? 'UNKNOWN';
  const advice = adviceByCode[code] ?? (error instanceof Error ? error.message : String(error));
  return new FileStoreError(code, path, `fileStore cannot ${action} ${path} (${code}): ${advice}.`, { cause: error });
}

/** The system's code of an error that Node threw; `undefined` when it has none. */
export function readCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The error for a folder that was there when the store was opened. */
export function notThere(path: string): FileStoreError {
  return new FileStoreError(
    'ENOENT',
    path,
    `fileStore needs the folder ${path}, which is not there any more (ENOENT): it was removed, or its volume is not mounted. ` +
      'Bring it back; or stop the servers and remove the whole directory to begin with an empty store.',
  );
}

/** The error for a symbolic link, or anything else, where the store keeps a folder. */
export function notAFolder(path: string): FileStoreError {
  return new FileStoreError(
    'ENOTDIR',
    path,
    `fileStore needs a folder at ${path}, and something else, perhaps a symbolic link, is there. Move it away.`,
  );
}
