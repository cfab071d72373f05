/**
 * Measures a store outside the process at one size: `node --import tsx measure-outside-store.ts <name> <sessions> <place>
 * <blocks>`, where the place is a folder or a server's URL. Prints an `OutsideResult` as JSON.
 */
import { createHash } from 'node:crypto';
import type { SessionStore } from '@sess/core';
import { small } from '../data.js';
import { type Figure, summarize } from '../statistics.js';
import { catchRecord } from './catch-record.js';
import { type OutsideStoreName, outsideStores } from './outside-stores.js';

/** How a store outside the process behaves with so many sessions of 200 bytes in it. */
export interface OutsideResult {
  readonly sessions: number;
  /** Bytes for each, where they are kept. */
  readonly bytes: number;
  /** µs of wall time per call. */
  readonly read: Figure;
  readonly update: Figure;
  readonly touch: Figure;
  readonly createAndDestroy: Figure;
}

const hour = 3_600_000;
const callsPerBlock = 100;
const warmUpBlocks = 5;
/** How many sessions are created at a time, to fill the store. */
const fillers = 32;

async function measure(
  name: OutsideStoreName,
  sessions: number,
  place: string,
  blocks: number,
): Promise<OutsideResult> {
  const timeCalls = (run: (call: number) => Promise<void>) => timeBlocks(blocks, run);
  const { store, settle, measureBytes } = await outsideStores[name](place);
  const { body } = await catchRecord(small);
  const record = (id: string, version = 1) => ({ id, version, expiresAt: Date.now() + hour, body });
  await fill(sessions, (n) => store.create(record(idOf(n))));
  await settle();
  const bytes = (await measureBytes()) / sessions;
  const pick = (call: number) => (call * 7919) % sessions;
  const versions = new Map<number, number>();
  return {
    sessions,
    bytes,
    read: await timeCalls(async (call) => assertDone(await store.read(idOf(pick(call))), 'read')),
    update: await timeCalls(async (call) => {
      const version = versions.get(pick(call)) ?? 1;
      versions.set(pick(call), version + 1);
      const { outcome } = await store.update(record(idOf(pick(call)), version + 1), version);
      assertDone(outcome === 'updated', 'update');
    }),
    touch: await timeCalls(async (call) => {
      // Every time later than the last: to a time that is reached already, a store has nothing to write.
      assertDone((await store.touch(idOf(pick(call)), Date.now() + 2 * hour + call)) === 'touched', 'touch');
    }),
    createAndDestroy: await timeCalls((call) => createAndDestroy(store, record(idOf(sessions + call)))),
  };
}

async function createAndDestroy(store: SessionStore, record: Parameters<SessionStore['create']>[0]): Promise<void> {
  assertDone((await store.create(record)) === 'created', 'create');
  await store.destroy(record.id);
}

/** Twenty characters in no order, like Sess's ids: an index would favour ordered ones. */
function idOf(n: number): string {
  return createHash('sha256').update(String(n)).digest('hex').slice(0, 20);
}

/** A call that finds no session is quick, and measures nothing. */
function assertDone(isDone: unknown, call: string): void {
  if (!isDone) throw new Error(`A ${call} has not done what it should.`);
}

async function fill(sessions: number, create: (n: number) => unknown): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < sessions) await create(next++);
  };
  await Promise.all(Array.from({ length: fillers }, work));
}

/** One call after another, in blocks; no two calls have the same number. */
async function timeBlocks(blocks: number, run: (call: number) => Promise<void>): Promise<Figure> {
  const times: number[] = [];
  for (let block = 0; block < warmUpBlocks + blocks; block++) {
    const start = performance.now();
    for (let call = 0; call < callsPerBlock; call++) await run(block * callsPerBlock + call);
    if (block >= warmUpBlocks) times.push(((performance.now() - start) * 1000) / callsPerBlock);
  }
  return summarize(times);
}

const [, , name = '', sessions = '', place = '', blocks = ''] = process.argv;
if (!(name in outsideStores))
  throw new Error(`There is no store ${name}. Known: ${Object.keys(outsideStores).join(', ')}.`);
console.log(JSON.stringify(await measure(name as OutsideStoreName, Number(sessions), place, Number(blocks))));
process.exit();
