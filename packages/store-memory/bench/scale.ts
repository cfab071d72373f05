/**
 * How the memory store behaves from a thousand sessions to a million: time per operation, next to a bare `Map` of the same
 * records; heap per session; calls of more than 1 ms while sessions come, expire and go, next to a loop without a store that
 * allocates as much (what stalls there is the machine and the garbage collector).
 *
 * Run: npx esbuild packages/store-memory/bench/scale.ts --bundle --platform=node --format=esm
 *      --alias:@sess/core=./packages/core/src/index.ts | node --expose-gc --input-type=module
 */
import { randomBytes } from 'node:crypto';
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { manualClock, type SessionRecord, systemClock } from '@sess/core';
import { memoryStore } from '../src/index.js';

const hour = 3_600_000;
const callsPerRow = 300_000;

for (const size of [1_000, 10_000, 100_000, 1_000_000]) measureSize(size);
await measurePauses(1_000_000);
await measureControl(1_000_000);

function measureSize(size: number): void {
  const ids = Array.from({ length: size }, () => randomBytes(12).toString('base64url'));
  const pick = (call: number): string => ids[(call * 7919) % size] as string;
  const store = memoryStore();
  const heapBefore = heapUsed();
  for (const id of ids) store.create(recordOf(id, Date.now() + hour));
  const bytes = (heapUsed() - heapBefore) / size;

  const map = new Map(ids.map((id) => [id, recordOf(id, Date.now() + hour)]));
  let seen = 0;
  const times = {
    'bare Map read': perCall((call) => {
      const record = map.get(pick(call));
      if (record !== undefined && record.expiresAt > systemClock.now()) seen += { ...record }.version;
    }),
    read: perCall((call) => {
      seen += store.read(pick(call))?.version ?? 0;
    }),
    touch: perCall((call) => {
      store.touch(pick(call), Date.now() + hour + call);
    }),
    update: perCall((call) => {
      store.update({ id: pick(call), version: 1, expiresAt: Date.now() + hour, body: 'changed' }, 1);
    }),
    'create + destroy': perCall((call) => {
      store.create(recordOf(`fresh${call}`, Date.now() + hour));
      store.destroy(`fresh${call}`);
    }),
  };
  const columns = Object.entries(times).map(([name, time]) => `${name} ${time.toFixed(2)}`);
  console.log(`${size} sessions (${seen > 0}): ${bytes.toFixed(0)} B each; µs: ${columns.join(' · ')}`);
}

/** A million live sessions of one hour each, replaced at a steady rate for two hours of manual time, then half of them swept. */
async function measurePauses(live: number): Promise<void> {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const stopwatch = createStopwatch();
  let mostHeld = 0;
  for (let n = 0; n < live * 3; n++) {
    if (n % Math.round(live / (hour / 1000)) === 0) clock.advance(1000);
    const record = recordOf(`s${n}`, clock.now() + hour);
    stopwatch.time(() => store.create(record));
    mostHeld = Math.max(mostHeld, store.size);
    // Lets the observer of garbage collections report.
    if (n % 100_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  console.log(`steady churn at ${live} live: ${mostHeld} held at most`);
  console.log(`create: ${await stopwatch.report()}`);

  const sweeps = createStopwatch();
  clock.advance(hour / 2);
  for (let removed = 1; removed > 0; ) removed = sweeps.time(() => store.sweep(1000));
  console.log(`sweep(1000), ${store.size} left: ${await sweeps.report()}`);
}

/** The same records put into an array, with as many memory accesses as a slow `create` makes. */
async function measureControl(live: number): Promise<void> {
  const records: SessionRecord[] = [];
  const stopwatch = createStopwatch();
  let seen = 0;
  for (let n = 0; n < live * 3; n++) {
    stopwatch.time(() => {
      records[n % live] = recordOf(`s${n}`, n);
      for (let look = 0; look < 50; look++) seen += records[(n * 7919 + look * 104_729) % live]?.version ?? 0;
    });
    if (n % 100_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  console.log(`control, no store (${seen > 0}): ${await stopwatch.report()}`);
}

interface Stopwatch {
  time<R>(run: () => R): R;
  report(): Promise<string>;
}

/** Times calls and sorts the slow ones by their cause: a garbage collection, another process that had the CPU, or the call itself. */
function createStopwatch(): Stopwatch {
  const collections: { start: number; end: number }[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      collections.push({ start: startTime, end: startTime + duration });
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const slow: { start: number; end: number; preempted: boolean }[] = [];
  let calls = 0;

  return {
    time(run) {
      const switches = process.resourceUsage().involuntaryContextSwitches;
      const start = performance.now();
      const answer = run();
      const end = performance.now();
      calls++;
      if (end - start > 1) {
        slow.push({ start, end, preempted: process.resourceUsage().involuntaryContextSwitches !== switches });
      }
      return answer;
    },
    async report() {
      await new Promise((resolve) => setTimeout(resolve, 50));
      observer.disconnect();
      const collected = slow.filter((call) => collections.some((gc) => gc.start < call.end && gc.end > call.start));
      const preempted = slow.filter((call) => call.preempted && !collected.includes(call));
      const own = slow.filter((call) => !call.preempted && !collected.includes(call));
      const worst = Math.max(0, ...own.map((call) => call.end - call.start));
      return (
        `${calls} calls, ${slow.length} over 1 ms: ${collected.length} in a garbage collection, ` +
        `${preempted.length} while another process had the CPU, ${own.length} its own (worst ${worst.toFixed(2)} ms)`
      );
    },
  };
}

function perCall(run: (call: number) => void): number {
  for (let call = 0; call < 20_000; call++) run(call);
  const rounds = [0, 1, 2].map((round) => {
    const start = performance.now();
    for (let call = 0; call < callsPerRow; call++) run(call + round);
    return ((performance.now() - start) * 1000) / callsPerRow;
  });
  return Math.min(...rounds);
}

function recordOf(id: string, expiresAt: number): SessionRecord {
  return { id, version: 1, expiresAt, body: Buffer.alloc(200, 'x').toString('latin1') };
}

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
