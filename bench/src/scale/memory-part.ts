import type { Goal, Plot } from '../report/section.js';
import { formatNumber, toMarkdownTable } from '../report/table.js';
import { summarize } from '../statistics.js';
import type { MemoryResult } from './measure-memory-store.js';
import type { Pauses } from './measure-pauses.js';
import { type MemorySubjectName, memorySubjects } from './memory-subjects.js';
import { runApart } from './run-apart.js';

type NamedResult = MemoryResult & { readonly library: MemorySubjectName };

const columns = [
  ['bytes', 'bytes'],
  ['bytesOnceRead', 'once read'],
  ['read', 'read'],
  ['write', 'write'],
  ['touch', 'touch'],
  ['createAndDestroy', 'create + destroy'],
  ['longest', 'longest'],
] as const;

/** How much is measured. */
export interface MemoryEffort {
  readonly sizes: readonly number[];
  /** Blocks of 10,000 calls of each kind. */
  readonly blocks: number;
}

/** Measures the memory stores at each size, the smallest first. */
export async function measureMemory({ sizes, blocks }: MemoryEffort): Promise<{
  readonly text: string;
  readonly figures: { readonly results: readonly NamedResult[]; readonly pauses: Pauses };
  readonly goals: readonly Goal[];
  readonly plot: Plot;
}> {
  const results: NamedResult[] = [];
  for (const size of sizes) {
    for (const library of Object.keys(memorySubjects) as MemorySubjectName[]) {
      const starts: MemoryResult[] = [];
      // The small sizes are what growth is measured by, and one process differs from the next: five of them cost a few seconds.
      for (let start = 0; start < (size <= 10_000 ? 5 : 1); start++) {
        starts.push(await runApart<MemoryResult>('measure-memory-store.ts', library, size, blocks));
      }
      results.push({ library, ...medianOf(starts) });
    }
  }
  const [smallest = 0, largest = 0] = [sizes[0], sizes.at(-1)];
  const pauses = await runApart<Pauses>('measure-pauses.ts', largest);
  return {
    text: toText(results, pauses, largest),
    figures: { results, pauses },
    goals: goalsOf(results, pauses, smallest, largest),
    plot: plotOf(results),
  };
}

/** Of each figure the median. */
function medianOf(results: readonly MemoryResult[]): MemoryResult {
  const figures = Object.keys(results[0] ?? {}) as (keyof MemoryResult)[];
  const medians = figures.map((figure) => [figure, summarize(results.map((result) => result[figure])).median]);
  return Object.fromEntries(medians) as MemoryResult;
}

function toText(results: readonly NamedResult[], pauses: Pauses, largest: number): string {
  const rows = results.map(({ library, sessions, ...figures }) => [
    library,
    sessions.toLocaleString('en'),
    ...columns.map(([figure]) => formatNumber(figures[figure])),
  ]);
  return [
    'Sess beside the MemoryStore of express-session, each store and size in a process of its own, with 200 B of data, ids as the library draws them, and what it keeps beside the data: Sess its envelope, express-session its cookie. Bytes of heap per session after a garbage collection, as it has been created and once it has been read, for V8 keeps a text that was put together in its pieces until somebody looks into it; µs of CPU per call to random sessions.',
    'What a call includes: `Sess` makes a text of envelope and data before it creates and writes, and parses both after it has read, as its core does; MemoryStore does the like itself, for a touch too, where Sess only moves the expiry. `Sess, the store alone` and the bare `Map` are given a text that is there already, and keep it; they show what a look-up costs. A touch of the `Map` sets the expiry.',
    'The longest is that of `create` in ms. Each store is filled three times and of each call the least time counts, for a pause of the store comes at the same call again, and one of the machine does not. One of the garbage collector may, where each filling allocates the same: the store alone shows what is not. Sizes up to 10,000 are measured in five processes each, and show the medians.',
    toMarkdownTable(['store', 'sessions', ...columns.map(([, head]) => head)], rows),
    `While sessions come and others expire, ${largest.toLocaleString('en')} at a time, in no order and by a clock of their own, the longest call of Sess's store takes ${formatNumber(pauses.churn)} ms for a \`create\`, ${formatNumber(pauses.sweep1000)} ms for a \`sweep(1000)\` and ${formatNumber(pauses.sweep100)} ms for a \`sweep(100)\`, which is what the core asks for; the least of three runs again.`,
    "Growth is said beside the `Map`, since with a million sessions every look-up waits for the machine's memory, whoever makes it: no cache holds them. A store whose cost grew with the logarithm of their number would double from 10³ to 10⁶; 1.5 lies between that and the differences of some 20 % that mean nothing.",
  ].join('\n\n');
}

function goalsOf(
  results: readonly NamedResult[],
  { churn, sweep100 }: Pauses,
  smallest: number,
  largest: number,
): Goal[] {
  const at = (library: MemorySubjectName, sessions: number) =>
    results.find((result) => result.library === library && result.sessions === sessions);
  const [own, others] = [at('Sess', largest), at('express-session', largest)];
  const growth = (library: MemorySubjectName, call: 'read' | 'write' | 'touch') =>
    (at(library, largest)?.[call] ?? Number.NaN) / (at(library, smallest)?.[call] ?? Number.NaN);
  const growths = (['read', 'write', 'touch'] as const).map(
    (call) => growth('Sess, the store alone', call) / growth('a bare Map', call),
  );
  const sizeName = largest.toLocaleString('en');
  return [
    {
      id: 'pause',
      what: `Memory store at ${sizeName}: longest call, of filling, of churn and of the sweeps that the core asks for`,
      reached: Math.max(at('Sess, the store alone', largest)?.longest ?? Number.NaN, churn, sweep100),
      atMost: 1,
      unit: 'ms',
    },
    {
      id: 'bytes',
      what: `Memory store at ${sizeName}: bytes per session beside MemoryStore's, as created`,
      reached: (own?.bytes ?? Number.NaN) / (others?.bytes ?? Number.NaN),
      atMost: 1,
      unit: 'ratio',
    },
    {
      id: 'bytes once read',
      what: `Memory store at ${sizeName}: bytes per session beside MemoryStore's, once read`,
      reached: (own?.bytesOnceRead ?? Number.NaN) / (others?.bytesOnceRead ?? Number.NaN),
      atMost: 1,
      unit: 'ratio',
    },
    {
      id: 'flat',
      what: `Memory store alone: the worst of read, write and touch at ${sizeName} beside ${smallest.toLocaleString('en')}, over the same of a bare Map`,
      reached: Math.max(...growths),
      atMost: 1.5,
      unit: 'ratio',
    },
  ];
}

function plotOf(results: readonly NamedResult[]): Plot {
  const rows = results.map(({ library, sessions, bytes }) => ({
    group: `${sessions.toLocaleString('en')} sessions`,
    name: library,
    value: bytes,
  }));
  return { name: 'bench-scale-bytes', title: 'Heap per session of 200 B', unit: 'bytes', rows };
}
