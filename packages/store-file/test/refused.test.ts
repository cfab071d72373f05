import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTemporaryDirectory, removeDirectory } from './temporary-directory.js';

let directory: string;
beforeEach(() => {
  directory = makeTemporaryDirectory();
});
afterEach(() => removeDirectory(directory));

const root = fileURLToPath(new URL('../../../', import.meta.url));
const script = fileURLToPath(new URL('./refused.ts', import.meta.url));

/** What a process of its own, which can open 128 files at once, came to under a limit. */
function outcomesUnder(limit: 'rights' | 'files'): unknown {
  const node = [process.execPath, '--import', 'tsx', script, limit, directory];
  const env = { ...process.env, TSX_TSCONFIG_PATH: `${root}tsconfig.base.json`, NODE_OPTIONS: '' };
  const { stdout, stderr } = spawnSync('sh', ['-c', 'ulimit -n 128 && exec "$@"', 'sh', ...node], { cwd: root, env });
  expect(String(stderr)).toBe('');
  return JSON.parse(String(stdout));
}

test('in folders that the process may only read: what is there can be read, every write is an error that says so', () => {
  const refusal = (act: string) =>
    `FileStoreError: fileStore cannot ${act} (EACCES): this process may not do that there. Give its user read, write and search permission.`;

  expect(outcomesUnder('rights')).toEqual({
    outcomes: {
      read: 'done',
      list: 'done',
      create: refusal('make the folder'),
      update: refusal('write'),
      touch: refusal('move'),
      destroy: refusal('move'),
      open: refusal('make the folder'),
    },
    problems: [],
  });
});

test('with no file left to open: an error that says so, and a destroy is done all the same', () => {
  const refusal = (act: string) =>
    `FileStoreError: fileStore cannot ${act} (EMFILE): this process has too many open files. Raise its limit (ulimit -n).`;

  expect(outcomesUnder('files')).toMatchObject({
    outcomes: {
      read: refusal('read'),
      list: refusal('read'),
      create: refusal('write'),
      update: refusal('read'),
      touch: refusal('read'),
      destroy: 'done',
    },
  });
});
