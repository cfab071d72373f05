import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Goal, Plot, Section } from '../report/section.js';
import { formatNumber, toMarkdownTable } from '../report/table.js';
import type { ScaleResult } from './measure-store.js';

const run = promisify(execFile);
const libraries = ['Sess', 'express-session', 'a bare Map'] as const;

/** Measures the memory stores from a thousand sessions to a million. */
export async function scaleSection(isQuick: boolean): Promise<Section> {
  const sizes = isQuick ? [1000, 10_000] : [1000, 10_000, 100_000, 1_000_000];
  const results: (ScaleResult & { readonly library: string })[] = [];
  for (const size of sizes) {
    for (const library of libraries) results.push({ library, ...(await measureApart(library, size)) });
  }
  const rows = results.map(({ library, sessions, bytes, read, write, touch, createAndDestroy, longest }) => [
    library,
    sessions.toLocaleString('en'),
    ...[bytes, read, write, touch, createAndDestroy, longest].map(formatNumber),
  ]);
  return {
    title: 'Memory stores from a thousand sessions to a million',
    text: [
      'Sess beside the MemoryStore of express-session, 200 B of data each, each store and size in a process of its own. Bytes of heap per session after a garbage collection; µs of CPU per call to random sessions; the longest `create` in ms. Each store is filled three times and of each call the least time counts, for a pause of the store comes at the same call again, and one of the machine or the garbage collector does not.',
      toMarkdownTable(['store', 'sessions', 'bytes', 'read', 'write', 'touch', 'create + destroy', 'longest'], rows),
      'The other stores have scale scripts of their own: `packages/store-file/bench/scale.ts`, `packages/store-postgres/bench/scale.ts`; their READMEs show the results. `packages/store-memory/bench/scale.ts` adds steady churn and sweeping at a million sessions.',
    ].join('\n\n'),
    figures: results,
    goals: goalsOf(results, sizes),
    plots: [plotOf(results)],
  };
}

async function measureApart(library: string, size: number): Promise<ScaleResult> {
  const script = fileURLToPath(new URL('measure-store.ts', import.meta.url));
  const { stdout } = await run(process.execPath, ['--expose-gc', '--import', 'tsx', script, library, String(size)]);
  return JSON.parse(stdout) as ScaleResult;
}

function goalsOf(results: readonly (ScaleResult & { readonly library: string })[], sizes: readonly number[]): Goal[] {
  const [smallest = 0, largest = 0] = [sizes[0], sizes.at(-1)];
  const at = (library: string, sessions: number) =>
    results.find((result) => result.library === library && result.sessions === sessions);
  const own = at('Sess', largest);
  const growth = (library: string) =>
    (at(library, largest)?.read ?? Number.NaN) / (at(library, smallest)?.read ?? Number.NaN);
  const sizeName = largest.toLocaleString('en');
  return [
    {
      id: 'pause',
      what: `Memory store at ${sizeName}: longest call`,
      reached: own?.longest ?? Number.NaN,
      atMost: 1,
      unit: 'ms',
    },
    {
      id: 'bytes',
      what: `Memory store at ${sizeName}: bytes per session beside MemoryStore's`,
      reached: (own?.bytes ?? Number.NaN) / (at('express-session', largest)?.bytes ?? Number.NaN),
      atMost: 1,
      unit: 'ratio',
    },
    {
      id: 'flat',
      what: `Memory store: a read at ${sizeName} beside one at ${smallest.toLocaleString('en')}, over the same of a bare Map`,
      reached: growth('Sess') / growth('a bare Map'),
      atMost: 1.5,
      unit: 'ratio',
    },
  ];
}

function plotOf(results: readonly (ScaleResult & { readonly library: string })[]): Plot {
  const rows = results.map(({ library, sessions, bytes }) => ({
    group: `${sessions.toLocaleString('en')} sessions`,
    name: library,
    value: bytes,
  }));
  return { name: 'bench-scale-bytes', title: 'Heap per session of 200 B', unit: 'bytes', rows };
}
