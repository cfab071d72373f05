import { type Figure, shuffle, summarize } from '../statistics.js';
import type { Group } from './contender.js';
import { type Operation, operations, operationsOf } from './operations.js';
import { RunningContender } from './running-contender.js';
import type { Sample } from './sampler.js';

/** What a library adds to one request of its bare framework. */
export interface Cost {
  /** CPU time in µs. */
  readonly time: Figure;
  /** The CPU time of each round, start by start; of the bare framework, of each round and operation. */
  readonly rounds: readonly number[];
  /** KB allocated on the heap, by the rounds into which no garbage collection fell. */
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
  /** How often everybody starts anew: what V8 makes of a program differs from one process to the next. */
  readonly starts: number;
  /** Rounds after each start. */
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
  const measured = new Map<string, Measured>();
  for (let start = 0; start < effort.starts; start++) await measureOnce(group, effort, measured);
  const [bare, ...rows] = measured.values();
  if (bare === undefined) throw new Error('Nothing was measured: effort.starts takes a whole number from 1.');
  return {
    framework: group.framework,
    reference: group.reference,
    bare: toCost(operations.flatMap((operation) => bare.samples[operation])),
    rows: rows.map((row) => toRow(row, bare.samples)),
  };
}

/** A contender's facts and all its samples, of every start. */
interface Measured {
  readonly facts: RunningContender['facts'];
  readonly samples: Samples;
}

/** Starts everybody, the bare framework first, and adds what is measured to `measured`, by name. */
async function measureOnce(group: Group, effort: Effort, measured: Map<string, Measured>): Promise<void> {
  const running: RunningContender[] = [];
  try {
    const places = ['bare', ...group.contenders.keys()] as const;
    running.push(...(await Promise.all(places.map((place) => RunningContender.start(group, place)))));
    for (const { facts } of running) {
      if (!measured.has(facts.name)) measured.set(facts.name, { facts, samples: emptySamples() });
    }
    await takeTurns(running, effort, measured);
  } finally {
    await Promise.all(running.map((contender) => contender.stop()));
  }
}

async function takeTurns(
  running: readonly RunningContender[],
  { rounds, requests, warmUp }: Effort,
  measured: ReadonlyMap<string, Measured>,
): Promise<void> {
  // In turns as well: a process that waits while others warm up loses some of what its compiler has done, and those that come first would
  // wait longest.
  for (let warmed = 0; warmed < warmUp; warmed += requests) await takeTurn(running, requests, () => {});
  for (let round = 0; round < rounds; round++) {
    await takeTurn(running, requests, ({ facts }, operation, measurement) => {
      measured.get(facts.name)?.samples[operation].push(measurement);
    });
  }
}

/** Everybody, in an order drawn anew for each operation. */
async function takeTurn(
  running: readonly RunningContender[],
  requests: number,
  note: (contender: RunningContender, operation: Operation, measurement: Sample) => void,
): Promise<void> {
  for (const operation of shuffle(operations)) {
    for (const contender of shuffle(running)) {
      if (!operationsOf(contender.facts).includes(operation)) continue;
      note(contender, operation, await contender.sample(operation, requests));
    }
  }
}

function emptySamples(): Samples {
  return Object.fromEntries(operations.map((operation) => [operation, []])) as unknown as Samples;
}

function toRow({ facts, samples: own }: Measured, bare: Samples): Row {
  const added = operationsOf(facts).map((operation) => {
    const heap = toCost(bare[operation]).allocated.median;
    const over = own[operation].map(({ time, allocated }, round) => ({
      time: time - (bare[operation][round]?.time ?? Number.NaN),
      // Memory does not drift with the machine, and the bare framework's round may be one that has no figure.
      ...(allocated === undefined ? {} : { allocated: allocated - heap }),
    }));
    return [operation, toCost(over)];
  });
  return { name: facts.name, added: Object.fromEntries(added) as Row['added'] };
}

function toCost(samples: readonly Sample[]): Cost {
  const rounds = samples.map(({ time }) => Math.round(time * 100) / 100);
  const allocated = samples.flatMap((sample) => (sample.allocated === undefined ? [] : [sample.allocated]));
  return { time: summarize(rounds), rounds, allocated: summarize(allocated) };
}
