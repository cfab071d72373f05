import { type StoreHarness, storeCases } from '@sess/conformance';
import { type FileStore, fileStore } from '@sess/store-file';
import { scaleRuns } from '@sess/test-support';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { ChildProcesses } from './child-processes.js';
import { makeTemporaryDirectory, removeDirectory } from './temporary-directory.js';

interface Opened {
  readonly store: FileStore;
  readonly connect: () => FileStore;
  readonly directory: string;
}

/** Stores that `make` opens, each trial's in a directory of its own. */
function harness(
  make: (directory: string, ...context: Parameters<StoreHarness['open']>) => FileStore,
): StoreHarness<Opened> {
  return {
    abilities: ['subjectIndex', 'sweep'],
    open(context) {
      const directory = makeTemporaryDirectory();
      const connect = () => make(directory, context);
      return { store: connect(), connect, directory };
    },
    connect: ({ connect }) => connect(),
    dispose: ({ directory }) => removeDirectory(directory),
  };
}

const isFault = ({ name }: { readonly name: string }) => /^(crash|partition):/.test(name);

describe.each(['process', 'power'] as const)(
  'fileStore that survives the loss of %s keeps the store contract',
  (durability) => {
    const cases = storeCases(
      harness((directory, { clock }) => fileStore({ directory, durability, clock })),
      // They differ in what is flushed, and only one of them needs the whole random search.
      durability === 'process' ? { profile: 'quick' } : { profile: 'quick', runs: scaleRuns(10) },
    );
    for (const { name, run } of cases.filter((each) => !isFault(each))) test(name, run);
  },
);

describe('fileStore keeps the store contract in four processes on one directory, and when they are killed', () => {
  const children = new ChildProcesses(4);
  beforeAll(() => children.start());
  afterAll(() => children.kill());

  const cases = storeCases(
    {
      ...harness((directory, { clock }) => children.store({ directory }, clock)),
      crash: () => children.kill(),
      restart: async ({ connect }) => {
        await children.start();
        return connect();
      },
    },
    // The interleavings are tried in interleavings.test.ts, every one; here each call is a message to another process and back.
    { profile: 'quick', runs: scaleRuns(20) },
  );
  // A local disk has no partition.
  for (const { name, run } of cases.filter(({ name }) => !name.startsWith('partition:'))) test(name, run);
});
