/**
 * Measures one store at one size, in a process of its own: `node --expose-gc --import tsx measure-store.ts <library> <sessions>`. Prints a `ScaleResult` as JSON.
 */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { memoryStore } from '@sess/store-memory';
import { loadPeer } from '../peers.js';

/** How a store behaves with so many sessions of 200 bytes in it. */
export interface ScaleResult {
  readonly sessions: number;
  /** Bytes of heap for each. */
  readonly bytes: number;
  /** µs of CPU per call. */
  readonly read: number;
  readonly write: number;
  readonly touch: number;
  readonly createAndDestroy: number;
  /** ms of the longest `create`, taken as the least of three fillings: what belongs to the store comes at the same call each time. */
  readonly longest: number;
}

/** A store as it is measured; every call answers at once. */
interface Subject {
  create(id: string): void;
  read(id: string): void;
  write(id: string): void;
  touch(id: string): void;
  destroy(id: string): void;
}

const hour = 3_600_000;
const text = 'x'.repeat(200);
const calls = 100_000;

const subjects: Readonly<Record<string, () => Subject>> = {
  Sess: createSess,
  'express-session': createExpressSession,
  'a bare Map': createMap,
};

function createSess(): Subject {
  const store = memoryStore();
  const record = (id: string, version: number) => ({
    id,
    version,
    expiresAt: Date.now() + hour,
    body: Buffer.from(text).toString('latin1'),
  });
  return {
    create: (id) => void store.create(record(id, 1)),
    read: (id) => void store.read(id),
    write: (id) => void store.update(record(id, 1), 1),
    touch: (id) => void store.touch(id, Date.now() + hour),
    destroy: (id) => void store.destroy(id),
  };
}

/** No store at all: what the machine's memory does to a look-up when there are many. */
function createMap(): Subject {
  const map = new Map<string, { readonly version: number; readonly expiresAt: number; readonly body: string }>();
  const put = (id: string) =>
    void map.set(id, { version: 1, expiresAt: Date.now() + hour, body: Buffer.from(text).toString('latin1') });
  const read = (id: string) => void { ...map.get(id) };
  return { create: put, read, write: put, touch: put, destroy: (id) => void map.delete(id) };
}

/** MemoryStore does its work before it returns, and only then puts the callback off, so no callback is given. */
function createExpressSession(): Subject {
  interface Store {
    sessions: Record<string, string>;
    get(id: string, done: () => void): void;
    set(id: string, session: object): void;
    touch(id: string, session: object): void;
    destroy(id: string): void;
  }
  const { MemoryStore } = loadPeer<{ MemoryStore: new () => Store }>('express-session');
  const store = new MemoryStore();
  const session = () => ({ cookie: { originalMaxAge: hour, expires: new Date(Date.now() + hour), path: '/' }, text });
  return {
    create: (id) => store.set(id, session()),
    read: (id) => store.get(id, () => {}),
    write: (id) => store.set(id, session()),
    touch: (id) => store.touch(id, session()),
    destroy: (id) => store.destroy(id),
  };
}

async function measure(create: () => Subject, sessions: number): Promise<ScaleResult> {
  const ids = Array.from({ length: sessions }, () => randomBytes(15).toString('base64url'));
  const least = new Float64Array(sessions).fill(Number.POSITIVE_INFINITY);
  let subject = create();
  let before = heapUsed();
  for (let run = 0; run < 3; run++) {
    subject = create();
    before = heapUsed();
    await fill(subject, ids, least);
  }
  const bytes = (heapUsed() - before) / sessions;
  const pick = (call: number) => ids[(call * 7919) % sessions] as string;
  return {
    sessions,
    bytes,
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

/** Creates a session for each id; the time of each call in ms goes into `least`, if it is less than what is there. */
async function fill(subject: Subject, ids: readonly string[], least: Float64Array): Promise<void> {
  for (const [index, id] of ids.entries()) {
    const start = performance.now();
    subject.create(id);
    least[index] = Math.min(least[index] ?? 0, performance.now() - start);
    if (index % 20_000 === 0) await settle();
  }
  await settle();
}

async function timeCalls(run: (call: number) => void): Promise<number> {
  const times: number[] = [];
  for (let block = 0; block < 11; block++) {
    const before = process.cpuUsage();
    for (let call = 0; call < calls / 10; call++) run(block * 1000 + call);
    const { user, system } = process.cpuUsage(before);
    // The first one warms up.
    if (block > 0) times.push(((user + system) * 10) / calls);
    await settle();
  }
  return times.sort((a, b) => a - b)[5] ?? Number.NaN;
}

/** Lets deferred callbacks run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const [, , library = '', sessions = ''] = process.argv;
const create = subjects[library];
if (create === undefined)
  throw new Error(`There is no library ${library}. Known: ${Object.keys(subjects).join(', ')}.`);
console.log(JSON.stringify(await measure(create, Number(sessions))));
process.exit();
