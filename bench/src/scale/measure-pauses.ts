/**
 * Measures how long Sess's memory store keeps the event loop while sessions come and expire, in a process of its own:
 * `node --import tsx measure-pauses.ts <sessions>`. Prints a `Pauses` as JSON.
 */
import { performance } from 'node:perf_hooks';
import { type ManualClock, manualClock } from '@sess/core';
import { type MemoryStore, memoryStore } from '@sess/store-memory';
import { small } from '../data.js';
import { catchRecord } from './catch-record.js';

/** ms of the longest call of each kind: of each call the least of three runs counts, which are alike to the last call. */
export interface Pauses {
  /** `create`, while as many older sessions expire as new ones come. */
  readonly churn: number;
  /** `sweep(1000)`, a quarter of an hour after the last sweeps. */
  readonly sweep1000: number;
  /** `sweep(100)`, which is what the core asks for, likewise. */
  readonly sweep100: number;
}

/** The times of calls, in their order. */
type Times = number[];

const hour = 3_600_000;
const runs = 3;

async function measure(live: number): Promise<Pauses> {
  const { body } = await catchRecord(small);
  const least = { churn: [] as Times, sweep1000: [] as Times, sweep100: [] as Times };
  for (let run = 0; run < runs; run++) {
    const clock = manualClock();
    const store = memoryStore({ clock });
    keepLeast(least.churn, await churn(store, clock, live, body));
    const sweeps = { sweep1000: [] as Times, sweep100: [] as Times };
    for (let quarter = 0; store.size > 0; quarter++) {
      clock.advance(hour / 4);
      if (quarter % 2 === 0) sweepAll(store, 1000, sweeps.sweep1000);
      else sweepAll(store, 100, sweeps.sweep100);
      await rest();
    }
    keepLeast(least.sweep1000, sweeps.sweep1000);
    keepLeast(least.sweep100, sweeps.sweep100);
  }
  return { churn: max(least.churn), sweep1000: max(least.sweep1000), sweep100: max(least.sweep100) };
}

/** For two hours as many sessions come in an hour as live at a time: the first hour fills the store, the second is measured. */
async function churn(store: MemoryStore, clock: ManualClock, live: number, body: string): Promise<Times> {
  const times: Times = [];
  const perSecond = live / (hour / 1000);
  for (let n = 0; n < 2 * live; n++) {
    if (Math.floor(n / perSecond) > Math.floor((n - 1) / perSecond)) clock.advance(1000);
    // An hour on average, and not in the order in which they came: in use, every visit puts a session's end off.
    const life = hour / 2 + (((n * 7919) % live) / live) * hour;
    const record = { id: `session-of-number-${n}`, version: 1, expiresAt: Math.floor(clock.now() + life), body };
    const start = performance.now();
    store.create(record);
    if (n >= live) times.push(performance.now() - start);
    if (n % 20_000 === 0) await rest();
  }
  return times;
}

function sweepAll(store: MemoryStore, limit: number, times: Times): void {
  for (let removed = 1; removed > 0; ) {
    const start = performance.now();
    removed = store.sweep(limit);
    times.push(performance.now() - start);
  }
}

function keepLeast(least: Times, times: Times): void {
  for (const [call, time] of times.entries()) least[call] = Math.min(least[call] ?? Number.POSITIVE_INFINITY, time);
}

function max(values: Times): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

console.log(JSON.stringify(await measure(Number(process.argv[2]))));
