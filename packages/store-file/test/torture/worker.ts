// A process that works on the sessions of a directory as fast as it can, until it is killed. It says what it is about to
// destroy and what the store has acknowledged, each as a line on its standard output, before it goes on.
import { writeSync } from 'node:fs';
import type { SessionRecord } from '@sess/core';
import { fileStore } from '@sess/store-file';
import { type Counters, type Line, subjects } from './ledger.js';
import { createRandom } from './random.js';

const [directory = '', name = '', seed = '0'] = process.argv.slice(2);
const random = createRandom(Number(seed));
const store = fileStore({ directory, onProblem: ({ path, reason }) => say({ problem: `${path}: ${reason}` }) });
const lifetime = 3_600_000;
let sessions = 0;

say({ ready: name });
for (;;) await work();

async function work(): Promise<void> {
  const subject = subjects[random(subjects.length)] ?? '';
  const records = await store.list(subject);
  const record = records[random(records.length)];
  if (record === undefined || records.length < 4) return create(subject);
  const dice = random(100);
  if (dice < 60) return count(record);
  if (dice < 75) return touch(record);
  if (dice < 85) return count({ ...record, subject: subjects[random(subjects.length)] ?? subject });
  if (dice < 95) return destroy(record);
  await store.sweep(1);
}

async function create(subject: string): Promise<void> {
  sessions++;
  const id = `${name}session${sessions}`;
  const outcome = await store.create({
    id,
    version: 1,
    expiresAt: Date.now() + lifetime,
    subject,
    body: formatBody({}),
  });
  if (outcome === 'created') say({ created: id });
}

/** Raises this process's counter in the session, without ever overwriting another's. */
async function count(record: SessionRecord): Promise<void> {
  for (let current = record; ; ) {
    const { counters } = JSON.parse(current.body) as { counters: Counters };
    const reached = (counters[name] ?? 0) + 1;
    const next = { ...current, version: current.version + 1, body: formatBody({ ...counters, [name]: reached }) };
    const result = await store.update({ ...next, subject: record.subject ?? '' }, current.version);
    if (result.outcome === 'updated') say({ counted: record.id, by: name, reached, version: next.version });
    if (result.outcome !== 'conflict') return;
    current = result.current;
  }
}

async function touch({ id }: SessionRecord): Promise<void> {
  const expiresAt = Date.now() + lifetime + random(lifetime);
  if ((await store.touch(id, expiresAt)) === 'touched') say({ touched: id, expiresAt });
}

async function destroy({ id }: SessionRecord): Promise<void> {
  say({ destroying: id });
  await store.destroy(id);
  say({ destroyed: id });
}

/** A body of any size up to several blocks of a disk. */
function formatBody(counters: Counters): string {
  return JSON.stringify({ counters, filler: 'x'.repeat(random(2) === 0 ? random(200) : random(20_000)) });
}

/** Writes a line immediately, not through a stream: what was said before a kill must have arrived. */
function say(line: Line): void {
  for (let rest = Buffer.from(`${JSON.stringify(line)}\n`); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      // The listener is slow: wait a millisecond, without letting anything else happen.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
