import { resolve } from 'node:path';
import { SessError, systemClock } from '@sess/core';
import { expect, test } from 'vitest';
import { type FileStoreOptions, resolveOptions } from './options.js';

test('only the directory is needed, and it stays the same when the process moves', () => {
  expect(resolveOptions({ directory: 'sessions' })).toMatchObject({
    directory: resolve('sessions'),
    durability: 'process',
    clock: systemClock,
  });
});

test.each([
  [{ directory: '' }, /directory is ""; give the path of a folder/],
  [{ directory: 'a\0b' }, /directory is "a\\u0000b"/],
  [{}, /directory is undefined/],
  [undefined, /fileStore takes an object of options, not undefined/],
  [{ directory: 'x', durabilty: 'power' }, /no option durabilty\. There are: directory, durability, clock, onProblem/],
  [{ path: 'x' }, /no option path: it is called `directory`/],
  [{ directory: 'x', ttl: 60 }, /no option ttl: .*idleTimeout/],
  [{ directory: 'x', durability: 'disk' }, /durability is "disk"; choose 'process' or 'power'/],
])('%j is refused at once, with what to write instead', (options, message) => {
  const refusal = (): unknown => resolveOptions(options as FileStoreOptions);

  expect(refusal).toThrow(message);
  expect(refusal).toThrow(expect.toSatisfy((error) => SessError.is(error, 'ERR_SESS_CONFIG')));
});
