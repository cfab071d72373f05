import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTemporaryDirectory, removeDirectory } from '../temporary-directory.js';
import { torture } from './torture.js';

let directory: string;
beforeEach(() => {
  directory = makeTemporaryDirectory();
});
afterEach(() => removeDirectory(directory));

// The long run is `npm run torture -w @sess/store-file`.
test('four processes, ten kills: all can be read, nothing acknowledged is lost, nothing destroyed is back', async () => {
  const report = await torture({
    directory,
    kills: 10,
    processes: 4,
    seed: Number(process.env.FC_SEED),
    checkEvery: 10,
  });

  expect(report).toMatchObject({ kills: 10, unreadable: [], lost: [], revived: [], unlisted: [] });
  expect(report.acknowledged).toBeGreaterThan(100);
});
