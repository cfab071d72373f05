import { type Figure, shuffle, summarize } from '../statistics.js';
import type { Group } from './contender.js';
import { type Operation, operations, operationsOf } from './operations.js';
import { RunningContender } from './running-contender.js';
import type { Sample } from './sample.js';

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

type Samples = Record<Operation, Sample[]>;

/**
 * Measures a group, after it was shown that every contender does the work. Many short measurements: in each round the bare framework and every
 * contender take turns at each operation, in an order drawn anew, and what a contender adds is its sample less the bare framework's of the
 * same turn. A machine whose speed drifts moves both; a measurement that was disturbed is one of many under a median.
 */
export async function measureGroup(group: Group, effort: Effort): Promise<GroupResult> {
  const bare = await RunningContender.start(group, 'bare');
  const running = [bare];
  try {
    for (const place of group.contenders.keys()) running.push(await RunningContender.start(group, place));
    const samples = await takeTurns(running, effort);
    const bareSamples = samples.get(bare) as Samples;
    return {
      framework: group.framework,
      reference: group.reference,
      bare: toCost(operations.flatMap((operation) => bareSamples[operation])),
      rows: running.slice(1).map((contender) => toRow(contender, samples.get(contender) as Samples, bareSamples)),
    };
  } finally {
    await Promise.all(running.map((contender) => contender.stop()));
  }
}

async function takeTurns(
  running: readonly RunningContender[],
  { rounds, requests, warmUp }: Effort,
): Promise<ReadonlyMap<RunningContender, Samples>> {
  for (const contender of running) {
    for (const operation of operationsOf(contender.facts)) await contender.sample(operation, warmUp);
  }
  const samples = new Map(running.map((contender) => [contender, emptySamples()]));
  for (let round = 0; round < rounds; round++) {
    for (const operation of shuffle(operations)) {
      for (const contender of shuffle(running)) {
        if (!operationsOf(contender.facts).includes(operation)) continue;
        samples.get(contender)?.[operation].push(await contender.sample(operation, requests));
      }
    }
  }
  return samples;
}

function emptySamples(): Samples {
  return Object.fromEntries(operations.map((operation) => [operation, []])) as unknown as Samples;
}

function toRow({ facts }: RunningContender, own: Samples, bare: Samples): Row {
  const added = operationsOf(facts).map((operation) => {
    const over = own[operation].map(({ time, allocated }, round) => ({
      time: time - (bare[operation][round]?.time ?? 0),
      allocated: allocated - (bare[operation][round]?.allocated ?? 0),
    }));
    return [operation, toCost(over)];
  });
  return { name: facts.name, added: Object.fromEntries(added) as Row['added'] };
}

function toCost(samples: readonly Sample[]): Cost {
  return {
    time: summarize(samples.map(({ time }) => time)),
    // A collection in between makes a figure meaningless, and mostly negative over the bare one; the median passes it over.
    allocated: summarize(samples.map(({ allocated }) => allocated)),
  };
}
