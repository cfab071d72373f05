// A process that may only read its sessions (`rights`), or may open no more files (`files`): prints the outcome of each call.
// See `refused.test.ts`.
import { chmodSync, chownSync, openSync, readdirSync } from 'node:fs';
import type { SessionRecord } from '@sess/core';
import { fileStore } from '@sess/store-file';

const [limit, directory = ''] = process.argv.slice(2);
const problems: string[] = [];
const store = fileStore({ directory, onProblem: ({ reason }) => problems.push(reason) });
const record: SessionRecord = {
  id: 'session1',
  version: 1,
  expiresAt: Date.now() + 60_000,
  subject: 'annabel',
  body: '',
};
const later = record.expiresAt + 1;
await store.create(record);
await store.create({ ...record, id: 'session2' });

if (limit === 'rights') giveUpRights();
else openAllFiles();

const outcomes = {
  read: await outcomeOf(() => store.read('session1')),
  list: await outcomeOf(() => store.list('annabel')),
  create: await outcomeOf(() => store.create({ ...record, id: 'session3' })),
  update: await outcomeOf(() => store.update({ ...record, version: 2 }, 1)),
  touch: await outcomeOf(() => store.touch('session1', later)),
  destroy: await outcomeOf(() => store.destroy('session2')),
  open: await outcomeOf(() => fileStore({ directory: `${directory}/new` })),
};
console.log(JSON.stringify({ outcomes, problems }));

/** Makes all folders read-only, and does without the rights of root over them. */
function giveUpRights(): void {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => `${directory}/${path}`);
  for (const path of [directory, ...paths]) {
    if (process.getuid?.() === 0) chownSync(path, 65_534, 65_534);
    chmodSync(path, 0o500);
  }
  if (process.getuid?.() === 0) process.setuid?.(65_534);
}

function openAllFiles(): void {
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    // That was the last.
  }
}

/** `'done'`, or what the error says after its path. */
async function outcomeOf(act: () => unknown): Promise<string> {
  try {
    await act();
    return 'done';
  } catch (error) {
    return String(error)
      .replaceAll(directory, '')
      .replace(/(cannot \S+( \S+)*) \/\S* /, '$1 ');
  }
}
