import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryDirectory, removeDirectory } from '../test/temporary-directory.js';
import { nodeFileSystem as fs } from './node-file-system.js';

let directory: string;
beforeEach(() => {
  directory = makeTemporaryDirectory();
});
afterEach(() => removeDirectory(directory));

const modeOf = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);

test('files and folders are for their owner alone', () => {
  fs.makeFolder(`${directory}/a/b`);
  fs.write(`${directory}/a/b/file`, 'text');

  expect([modeOf(`${directory}/a`), modeOf(`${directory}/a/b`), modeOf(`${directory}/a/b/file`)]).toEqual([
    '700',
    '700',
    '600',
  ]);
});

describe('a symbolic link is not followed', () => {
  beforeEach(() => {
    mkdirSync(`${directory}/outside`);
    writeFileSync(`${directory}/outside/file`, 'secret');
    symlinkSync(`${directory}/outside/file`, `${directory}/file`);
    symlinkSync(`${directory}/outside`, `${directory}/folder`);
    symlinkSync(`${directory}/nowhere`, `${directory}/dangling`);
  });

  test('by a read', () => expect(fs.read(`${directory}/file`)).toBe('foreign'));
  test('by a list', () => expect(fs.list(`${directory}/folder`)).toBe('foreign'));
  test('by a write', () => {
    expect(fs.write(`${directory}/dangling`, 'text')).toBe('exists');
    expect(fs.kind(`${directory}/nowhere`)).toBe('missing');
  });
  test('by a write in place of a file', () => {
    expect(fs.write(`${directory}/file`, 'text')).toBe('exists');
    expect(readFileSync(`${directory}/outside/file`, 'utf8')).toBe('secret');
  });
  test('by the making of a folder', () => {
    expect(() => fs.makeFolder(`${directory}/folder`)).toThrow(
      /needs a folder at .*folder, and something else, perhaps a symbolic link/,
    );
  });
  test('by a rename', () => {
    fs.makeFolder(`${directory}/new`);
    expect(fs.rename(`${directory}/new`, `${directory}/folder`)).toBe('occupied');
  });
  test('by a removal', () => {
    expect(fs.unlink(`${directory}/file`)).toBe(true);
    expect(fs.kind(`${directory}/outside/file`)).toBe('foreign');
  });
});

test('folders are made below a given one only if it is there', () => {
  fs.makeFolder(`${directory}/a/b`, directory);
  expect(fs.kind(`${directory}/a/b`)).toBe('folder');

  expect(() => fs.makeFolder(`${directory}/c/d/e`, `${directory}/c`)).toThrow(
    expect.objectContaining({ code: 'ENOENT', path: `${directory}/c` }),
  );
  expect(fs.kind(`${directory}/c`)).toBe('missing');
});

test('a pipe in the place of a file does not make its reader wait', () => {
  execFileSync('mkfifo', [`${directory}/pipe`]);

  expect(fs.read(`${directory}/pipe`)).toEqual({ text: '' });
});

test('what cannot be done is an error with the path, the system’s code, the cause and what to do', () => {
  const path = `${directory}/${'x'.repeat(300)}`;

  expect(() => fs.write(path, 'text')).toThrow(
    expect.objectContaining({
      name: 'FileStoreError',
      code: 'ENAMETOOLONG',
      path,
      message: `fileStore cannot write ${path} (ENAMETOOLONG): the path is too long. Choose a shorter \`directory\`.`,
      cause: expect.objectContaining({ syscall: 'open' }),
    }),
  );
});
