import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FileSystem } from '../src/file-system.js';
import { nodeFileSystem } from '../src/node-file-system.js';
import { MemoryFileSystem } from './memory-file-system.js';

const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const call = fc.oneof(
  fc.record({ name: fc.constantFrom('kind', 'exists', 'list', 'read', 'unlink', 'removeFolder', 'makeFolder'), path }),
  fc.record({ name: fc.constant('write'), path, text: fc.string() }),
  fc.record({ name: fc.constant('rename'), path, to: path }),
);
type Call = typeof call extends fc.Arbitrary<infer C> ? C : never;

// The exhaustive tests run on the file system in memory; they are worth what this one is.
test('the file system in memory answers as the real one does', () => {
  fc.assert(
    fc.property(fc.array(call, { maxLength: 30 }), (calls) => {
      const directory = mkdtempSync(join(tmpdir(), 'sess-fs-'));
      try {
        const memory = new MemoryFileSystem();
        memory.makeFolder(directory);
        for (const each of calls.filter(isFair)) {
          expect(answer(memory, directory, each), JSON.stringify(each)).toEqual(
            answer(nodeFileSystem, directory, each),
          );
        }
        expect(
          memory.paths().filter((found) => found.startsWith(`${directory}/`) && found !== `${directory}/`),
        ).toEqual(realPaths(directory));
      } finally {
        rmSync(directory, { recursive: true });
      }
    }),
  );
});

/** Only what the store does: it never moves a folder into itself, nor onto itself. */
function isFair(each: Call): boolean {
  return !('to' in each) || !(each.to.startsWith(each.path) || each.path.startsWith(each.to));
}

function answer(fs: FileSystem, directory: string, each: Call): unknown {
  const at = `${directory}/${each.path}`;
  try {
    if ('to' in each) return fs.rename(at, `${directory}/${each.to}`);
    if ('text' in each) return fs.write(at, each.text);
    const result = fs[each.name as 'kind' | 'exists' | 'list' | 'read' | 'unlink' | 'removeFolder' | 'makeFolder'](at);
    return Array.isArray(result) ? [...result].sort() : result;
  } catch {
    return 'threw';
  }
}

function realPaths(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((each) => `${folder}/${each}${statSync(`${folder}/${each}`).isDirectory() ? '/' : ''}`)
    .sort();
}
