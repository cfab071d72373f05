// What each call costs at 10³, 10⁴ and 10⁵ sessions, beside session-file-store:  npm run bench -w @sess/store-file [sessions …]
// One call at a time, medians, files in the page cache. BENCH_DIRECTORY says on which disk; default: the one for temporary files.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { manualClock } from '@sess/core';
import expressSession from 'express-session';
import connectFileStore from 'session-file-store';
import helpers from 'session-file-store/lib/session-file-helpers.js';
import { type FileStoreOptions, fileStore } from '../src/index.js';

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 10_000, 100_000];
const calls = 2_000;
const hour = 3_600_000;
const data = { cart: Array.from({ length: 8 }, (_, n) => ({ sku: `sku-${n}`, quantity: n })), name: 'John' };
const body = JSON.stringify({ v: 1, data, secrets: ['x'.repeat(43)], createdAt: 0, authenticatedAt: 0 });
const idOf = (n: number): string => `session${String(n).padStart(13, '0')}`;

/** The calls of a store, as the benchmark makes them. */
interface Contestant {
  readonly name: string;
  /** As `create`, as fast as it can. */
  fill(n: number): unknown;
  create(n: number): unknown;
  read(n: number): unknown;
  update(n: number): unknown;
  touch(n: number): unknown;
  destroy(n: number): unknown;
  /** A sweep that finds nothing to remove. */
  sweep(): unknown;
}

const results: Record<string, string | number>[] = [];
for (const size of sizes) {
  for (const make of [sess('process'), sess('power'), peer]) results.push(await measure(size, make));
}
console.table(results);

/** Microseconds a call, and for a sweep those a session and the longest time it kept the event loop. */
async function measure(
  size: number,
  make: (directory: string) => Contestant,
): Promise<Record<string, string | number>> {
  const directory = mkdtempSync(join(process.env.BENCH_DIRECTORY ?? tmpdir(), 'sess-bench-'));
  const store = make(directory);
  for (let n = 0; n < size; n++) await store.fill(n);
  const some = (): number => Math.floor(Math.random() * size);
  const wanted = Array.from({ length: calls }, some);
  const sweep = await timeSweep(store);
  const figures = {
    sessions: size,
    store: store.name,
    'create µs': await time((n) => store.create(size + n)),
    // First as a process does that has not met the sessions yet, then as one that has.
    'first read µs': await time((n) => store.read(wanted[n] ?? 0)),
    'read µs': await time((n) => store.read(wanted[n] ?? 0)),
    'update µs': await time(() => store.update(some())),
    'touch µs': await time(() => store.touch(some())),
    'destroy µs': await time((n) => store.destroy(size + n)),
    'sweep µs a session': Math.round((sweep.spent * 10_000) / size) / 10,
    'longest pause ms': Math.round(sweep.longest),
  };
  rmSync(directory, { recursive: true });
  return figures;
}

function sess(durability: NonNullable<FileStoreOptions['durability']>) {
  return (directory: string): Contestant => {
    const clock = manualClock();
    const store = fileStore({ directory, clock, durability });
    const hasty = fileStore({ directory, clock });
    const versions = new Map<number, number>();
    let expiresAt = clock.now() + hour;
    const record = (n: number, version: number) => ({ id: idOf(n), version, expiresAt, body });
    return {
      name: `@sess/store-file, ${durability}`,
      fill: (n) => hasty.create(record(n, 1)),
      create: (n) => store.create(record(n, 1)),
      read: (n) => store.read(idOf(n)),
      update(n) {
        const version = versions.get(n) ?? 1;
        versions.set(n, version + 1);
        return store.update(record(n, version + 1), version);
      },
      touch: (n) => store.touch(idOf(n), ++expiresAt),
      destroy: (n) => store.destroy(idOf(n)),
      sweep: () => store.sweep(1_000),
    };
  };
}

function peer(directory: string): Contestant {
  const FileStore = connectFileStore(expressSession);
  const store = new FileStore({ path: directory, ttl: 3_600, retries: 0, reapInterval: -1, logFn: () => {} });
  const session = () => ({ cookie: { originalMaxAge: hour }, ...data });
  const set = promisify((id: string, done: (error?: unknown) => void) => store.set(id, session(), done));
  return {
    name: 'session-file-store',
    fill: (n) => set(idOf(n)),
    create: (n) => set(idOf(n)),
    read: (n) => promisify((done: (error?: unknown) => void) => store.get(idOf(n), done))(),
    update: (n) => set(idOf(n)),
    touch: (n) => promisify((done: (error?: unknown) => void) => store.touch(idOf(n), session(), done))(),
    destroy: (n) => promisify((done: (error?: unknown) => void) => store.destroy(idOf(n), done))(),
    sweep: () => promisify((done: (error?: unknown) => void) => helpers.reap(store.options, done))(),
  };
}

/** The median of a call in microseconds. */
async function time(call: (n: number) => unknown): Promise<number> {
  const samples: number[] = [];
  for (let n = 0; n < calls; n++) {
    const start = performance.now();
    await call(n);
    samples.push((performance.now() - start) * 1_000);
  }
  samples.sort((a, b) => a - b);
  return Math.round((samples[calls / 2] ?? Number.NaN) * 10) / 10;
}

/** How long a sweep takes, and for how long at most a timer that is always due has to wait meanwhile, in ms. */
async function timeSweep(store: Contestant): Promise<{ readonly spent: number; readonly longest: number }> {
  let [longest, since, sweeping] = [0, performance.now(), true];
  const tick = (): void => {
    longest = Math.max(longest, performance.now() - since);
    since = performance.now();
    if (sweeping) setImmediate(tick);
  };
  setImmediate(tick);
  const start = performance.now();
  await store.sweep();
  const spent = performance.now() - start;
  sweeping = false;
  return { spent, longest };
}
