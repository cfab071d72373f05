const remedies: Readonly<Record<string, string>> = {
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

/** A file operation failed. `path` says where, `code` is the system's (`'ENOSPC'`, `'EROFS'` …), the message says what to do. */
export class FileStoreError extends Error {
  override readonly name = 'FileStoreError';
  /** The system's error code, such as `'ENOSPC'`. */
  readonly code: string;
  /** The file or folder that could not be read or written. */
  readonly path: string;

  constructor(code: string, path: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

/** Wraps what Node threw when it tried to `action` (a verb) at `path`. */
export function wrapFailure(action: string, path: string, cause: unknown): FileStoreError {
  const code = codeOf(cause) ?? 'UNKNOWN';
  const remedy = remedies[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new FileStoreError(code, path, `fileStore cannot ${action} ${path} (${code}): ${remedy}.`, { cause });
}

/** The system's code of an error that Node threw; `undefined` when it has none. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The error for a symbolic link, or anything else, where the store keeps a folder. */
export function notAFolder(path: string): FileStoreError {
  return new FileStoreError(
    'ENOTDIR',
    path,
    `fileStore needs a folder at ${path}, and something else, perhaps a symbolic link, is there. Move it away.`,
  );
}
