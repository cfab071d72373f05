import { getHeapStatistics } from 'node:v8';
import { type Figure, shuffle, summarize } from '../statistics.js';
import { assertWorks } from './assert-works.js';
import type { Contender, Group, Route } from './contender.js';

/** What is measured, in the order of the table. */
export const operations = [
  'new, untouched',
  'create 200 B',
  'read 200 B',
  'write 200 B',
  'read 4 KB',
  'write 4 KB',
  'destroy',
  'regenerate',
] as const;

export type Operation = (typeof operations)[number];

/** What a library adds to one request of its bare framework. */
export interface Cost {
  /** CPU time in µs. */
  readonly time: Figure;
  /** KB allocated on the heap. */
  readonly allocated: Figure;
}

export interface Row {
  readonly name: string;
  /** Without an operation that the library cannot do. */
  readonly added: Readonly<Partial<Record<Operation, Cost>>>;
}

export interface GroupResult {
  readonly framework: string;
  readonly reference: string;
  /** A request of the framework itself. */
  readonly bare: Cost;
  readonly rows: readonly Row[];
}

/** How much is measured. */
export interface Effort {
  readonly rounds: number;
  /** Requests in one measurement. */
  readonly requests: number;
  /** Requests of each contender and operation before anything is measured, for the compiler. */
  readonly warmUp: number;
}

/** A measurement of some requests: µs of CPU and KB of heap, per request. */
interface Sample {
  readonly time: number;
  readonly allocated: number;
}

/**
 * Measures a group, after it was shown that every contender does the work. Many short measurements: in each round the bare framework and every
 * contender take turns at each operation, in an order drawn anew, and what a contender adds is its sample less the bare framework's of the
 * same turn. A machine whose speed drifts moves both; a measurement that was disturbed is one of many under a median.
 */
export async function measureGroup(group: Group, { rounds, requests, warmUp }: Effort): Promise<GroupResult> {
  const bare = await group.bare();
  const contenders = await Promise.all(group.contenders.map((create) => create()));
  for (const contender of contenders) await assertWorks(contender);
  const all = [bare, ...contenders];
  for (const contender of all) {
    for (const operation of operationsOf(contender)) await sample(contender, bare, operation, warmUp);
  }

  const samples = new Map(all.map((contender) => [contender, emptySamples()]));
  for (let round = 0; round < rounds; round++) {
    for (const operation of shuffle(operations)) {
      for (const contender of shuffle(all)) {
        if (!operationsOf(contender).includes(operation)) continue;
        samples.get(contender)?.[operation].push(await sample(contender, bare, operation, requests));
      }
    }
  }
  const bareSamples = samples.get(bare) as Samples;
  return {
    framework: group.framework,
    reference: group.reference,
    bare: toCost(operations.flatMap((operation) => bareSamples[operation])),
    rows: contenders.map((contender) => toRow(contender, samples.get(contender) as Samples, bareSamples)),
  };
}

type Samples = Record<Operation, Sample[]>;

function emptySamples(): Samples {
  return Object.fromEntries(operations.map((operation) => [operation, []])) as unknown as Samples;
}

function operationsOf({ cookieHolds }: Contender): readonly Operation[] {
  return cookieHolds === 'data' ? operations.filter((operation) => !operation.endsWith('4 KB')) : operations;
}

function toRow(contender: Contender, own: Samples, bare: Samples): Row {
  const added = operationsOf(contender).map((operation) => {
    const over = own[operation].map(({ time, allocated }, round) => ({
      time: time - (bare[operation][round]?.time ?? 0),
      allocated: allocated - (bare[operation][round]?.allocated ?? 0),
    }));
    return [operation, toCost(over)];
  });
  return { name: contender.name, added: Object.fromEntries(added) as Row['added'] };
}

function toCost(samples: readonly Sample[]): Cost {
  return {
    time: summarize(samples.map(({ time }) => time)),
    // A collection in between makes a figure meaningless, and mostly negative over the bare one; the median passes it over.
    allocated: summarize(samples.map(({ allocated }) => allocated)),
  };
}

async function sample(contender: Contender, bare: Contender, operation: Operation, requests: number): Promise<Sample> {
  const { route, cookies } = await prepare(contender, contender === bare, operation, requests);
  return await sampleRequests(contender, route, cookies, requests);
}

/** The route and the cookies of an operation; the bare framework has neither. */
async function prepare(
  contender: Contender,
  isBare: boolean,
  operation: Operation,
  requests: number,
): Promise<{ readonly route: Route; readonly cookies: readonly string[] }> {
  if (isBare || operation === 'new, untouched') return { route: 'none', cookies: [] };
  if (operation === 'create 200 B') return { route: operation, cookies: [] };
  const size = operation.endsWith('4 KB') ? '4 KB' : '200 B';
  // Each session can be ended once.
  if (operation === 'destroy' || operation === 'regenerate') {
    return { route: operation, cookies: await createSessions(contender, size, requests) };
  }
  return { route: operation.startsWith('read') ? 'read' : 'write', cookies: await createSessions(contender, size, 1) };
}

/** The cookies are used in turn. One that an answer renews takes the place of the one that was sent. */
async function sampleRequests(
  contender: Contender,
  route: Route,
  cookies: readonly string[],
  requests: number,
): Promise<Sample> {
  const jar = [...cookies];
  const heap = getHeapStatistics().used_heap_size;
  const before = process.cpuUsage();
  for (let sent = 0; sent < requests; sent++) {
    const at = sent % Math.max(jar.length, 1);
    const { status, cookie } = await contender.send(route, jar[at]);
    if (status !== 200) throw new Error(`${contender.name} answered ${route} with ${status}`);
    if (jar.length > 0 && cookie !== undefined) jar[at] = cookie;
  }
  const { user, system } = process.cpuUsage(before);
  const allocated = (getHeapStatistics().used_heap_size - heap) / 1024;
  return { time: (user + system) / requests, allocated: allocated / requests };
}

async function createSessions(contender: Contender, size: '200 B' | '4 KB', count: number): Promise<string[]> {
  const cookies: string[] = [];
  while (cookies.length < count) {
    const { cookie } = await contender.send(`create ${size}`);
    if (cookie === undefined) throw new Error(`${contender.name} set no cookie for a session that was written to`);
    cookies.push(cookie);
  }
  return cookies;
}
