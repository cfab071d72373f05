/**
 * Measures one memory store at one size, in a process of its own: `node --expose-gc --import tsx measure-memory-store.ts <name> <sessions>
 * <blocks>`. Prints a `MemoryResult` as JSON.
 */
import { performance } from 'node:perf_hooks';
import { summarize } from '../statistics.js';
import { type MemorySubject, type MemorySubjectName, memorySubjects } from './memory-subjects.js';

/** How a memory store behaves with so many sessions of 200 bytes in it. */
export interface MemoryResult {
  readonly sessions: number;
  /** Bytes of heap for each, as it has been created, and after it has been read. */
  readonly bytes: number;
  readonly bytesOnceRead: number;
  /** µs of CPU per call. */
  readonly read: number;
  readonly write: number;
  readonly touch: number;
  readonly createAndDestroy: number;
  /** ms of the longest `create`, taken as the least of three fillings: what belongs to the store comes at the same call each time. */
  readonly longest: number;
}

const callsPerBlock = 10_000;

async function measure(create: () => Promise<MemorySubject>, sessions: number, blocks: number): Promise<MemoryResult> {
  const timeCalls = (run: (call: number) => void) => timeBlocks(blocks, run);
  let subject = await create();
  const ids = Array.from({ length: sessions }, () => subject.createId());
  const least = new Float64Array(sessions).fill(Number.POSITIVE_INFINITY);
  for (let run = 0; run < 3; run++) {
    subject = await create();
    await fill(subject, ids, least);
  }
  const { bytes, bytesOnceRead } = await weigh(create, ids);
  const pick = (call: number) => ids[(call * 7919) % sessions] as string;
  return {
    sessions,
    bytes,
    bytesOnceRead,
    read: await timeCalls((call) => subject.read(pick(call))),
    write: await timeCalls((call) => subject.write(pick(call))),
    touch: await timeCalls((call) => subject.touch(pick(call))),
    createAndDestroy: await timeCalls((call) => {
      subject.create(`fresh${call}`);
      subject.destroy(`fresh${call}`);
    }),
    longest: least.reduce((a, b) => Math.max(a, b), 0),
  };
}

/** Fills as many stores as it takes for V8's own comings and goings, a few hundred kilobytes, not to count. */
async function weigh(
  create: () => Promise<MemorySubject>,
  ids: readonly string[],
): Promise<Pick<MemoryResult, 'bytes' | 'bytesOnceRead'>> {
  const subjects: MemorySubject[] = [];
  for (let stored = 0; stored < 100_000; stored += ids.length) subjects.push(await create());
  const sessions = subjects.length * ids.length;
  const before = heapUsed();
  for (const subject of subjects) await fill(subject, ids, new Float64Array(ids.length));
  const bytes = (heapUsed() - before) / sessions;
  for (const subject of subjects) await readAll(subject, ids);
  return { bytes, bytesOnceRead: (heapUsed() - before) / sessions };
}

/** Creates a session for each id; the time of each call in ms goes into `least`, if it is less than what is there. */
async function fill(subject: MemorySubject, ids: readonly string[], least: Float64Array): Promise<void> {
  for (const [index, id] of ids.entries()) {
    const start = performance.now();
    subject.create(id);
    least[index] = Math.min(least[index] ?? 0, performance.now() - start);
    if (index % 20_000 === 0) await settle();
  }
  await settle();
}

async function readAll(subject: MemorySubject, ids: readonly string[]): Promise<void> {
  for (const [index, id] of ids.entries()) {
    subject.read(id);
    if (index % 20_000 === 0) await settle();
  }
  await settle();
}

/** The median of some blocks; no two calls of them have the same number. */
async function timeBlocks(blocks: number, run: (call: number) => void): Promise<number> {
  const times: number[] = [];
  for (let block = 0; block <= blocks; block++) {
    const before = process.cpuUsage();
    for (let call = 0; call < callsPerBlock; call++) run(block * callsPerBlock + call);
    const { user, system } = process.cpuUsage(before);
    // The first one warms up.
    if (block > 0) times.push((user + system) / callsPerBlock);
    await settle();
  }
  return summarize(times).median;
}

/** Lets deferred callbacks run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const [, , name = '', sessions = '', blocks = ''] = process.argv;
if (!(name in memorySubjects))
  throw new Error(`There is no store ${name}. Known: ${Object.keys(memorySubjects).join(', ')}.`);
console.log(JSON.stringify(await measure(memorySubjects[name as MemorySubjectName], Number(sessions), Number(blocks))));
process.exit();
