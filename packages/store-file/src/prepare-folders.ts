import { dirname } from 'node:path';
import { notAFolder } from './errors.js';
import type { FileSystem } from './file-system.js';
import type { Layout } from './layout.js';

/**
 * Creates the folders that every store has, and checks those that already exist. With `'power'` they last from then
 * on. Throws `FileStoreError` when one cannot be made, or is a symbolic link or anything else that would lead the store astray.
 */
export function prepareFolders(fs: FileSystem, layout: Layout, durability: 'process' | 'power'): void {
  const { directory, records, subjects, drafts, trash } = layout;
  const top = findLowestThere(fs, directory);
  for (const folder of [records, subjects, drafts, trash]) fs.makeFolder(folder);
  for (const parent of [records, subjects]) checkShards(fs, parent);
  if (durability === 'power') flushBetween(fs, directory, top);
}

/** `folder`, or the nearest above it that is there. */
function findLowestThere(fs: FileSystem, folder: string): string {
  return fs.kind(folder) === 'missing' ? findLowestThere(fs, dirname(folder)) : folder;
}

function checkShards(fs: FileSystem, parent: string): void {
  const names = fs.list(parent);
  if (typeof names === 'string') return;
  for (const name of names) {
    const path = `${parent}/${name}`;
    if (/^[0-9a-f]{2}$/.test(name) && fs.kind(path) === 'foreign') throw notAFolder(path);
  }
}

/** Flushes `bottom` and the folders above it up to `top`: each holds the name of the one before. */
function flushBetween(fs: FileSystem, bottom: string, top: string): void {
  fs.flushNow(bottom);
  if (bottom !== top) flushBetween(fs, dirname(bottom), top);
}
