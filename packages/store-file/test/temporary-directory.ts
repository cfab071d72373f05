import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes an empty folder, in memory where the machine has such a place, because tests make very many files. */
export function makeTemporaryDirectory(): string {
  return mkdtempSync(join(isWritable('/dev/shm') ? '/dev/shm' : tmpdir(), 'sess-file-'));
}

/** Removes a folder and all that is in it. */
export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
