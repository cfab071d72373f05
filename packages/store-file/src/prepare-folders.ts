import { notAFolder } from './errors.js';
import type { FileSystem } from './file-system.js';
import type { Layout } from './layout.js';

/**
 * Makes the folders that every store has, and checks those that are there already. Throws `FileStoreError` when one
 * cannot be made, or is a symbolic link or anything else that would lead the store astray.
 */
export function prepareFolders(fs: FileSystem, layout: Layout): void {
  for (const folder of [layout.records, layout.subjects, layout.drafts, layout.trash]) fs.makeFolder(folder);
  for (const parent of [layout.records, layout.subjects]) {
    const names = fs.list(parent);
    if (typeof names === 'string') continue;
    for (const name of names) {
      const path = `${parent}/${name}`;
      if (/^[0-9a-f]{2}$/.test(name) && fs.kind(path) === 'foreign') throw notAFolder(path);
    }
  }
}
