import { formatNumber, toMarkdownTable } from '../report/table.js';
import type { Figure } from '../statistics.js';
import type { OutsideResult } from './measure-outside-store.js';
import { type OutsidePlace, outsidePlaces } from './outside-places.js';
import { runApart } from './run-apart.js';

type NamedResult = OutsideResult & { readonly store: string };

const calls = ['read', 'update', 'touch', 'createAndDestroy'] as const;

/** How much is measured. */
export interface OutsideEffort {
  readonly sizes: readonly number[];
  /** Blocks of 100 calls of each kind. */
  readonly blocks: number;
}

/** Measures the stores outside the process at each size, as far as the machine has what they need. */
export async function measureOutside(
  effort: OutsideEffort,
): Promise<{ readonly text: string; readonly figures: readonly NamedResult[] }> {
  const missing = outsidePlaces.filter((place) => !place.isThere());
  const figures: NamedResult[] = [];
  for (const place of outsidePlaces.filter((place) => place.isThere())) {
    figures.push(...(await measurePlace(place, effort)));
  }
  const notes = missing.map(({ name, needs }) => `Not measured, for this machine has no ${needs}: ${name}.`);
  return { text: [toText(figures), ...notes].join('\n\n'), figures };
}

async function measurePlace(place: OutsidePlace, { sizes, blocks }: OutsideEffort): Promise<NamedResult[]> {
  const { at, close } = await place.open();
  const results: NamedResult[] = [];
  try {
    for (const size of sizes.filter((size) => size <= place.most)) {
      const result = await runApart<OutsideResult>('measure-outside-store.ts', place.store, size, at(size), blocks);
      results.push({ store: place.name, ...result });
    }
  } finally {
    await close();
  }
  return results;
}

function toText(results: readonly NamedResult[]): string {
  const rows = results.map((result) => [
    result.store,
    result.sessions.toLocaleString('en'),
    formatNumber(result.bytes),
    ...calls.map((call) => formatFigure(result[call])),
    formatNumber(growthOf(result, results)),
  ]);
  return [
    'The stores outside the process, with the same sessions: µs of wall time per call, one after another to random sessions, the store alone, without parse and stringify (in brackets the quartiles of blocks of 100 calls). Wall time knows what else the machine was doing, and on a disk what others do with it: in memory means the file store in `/dev/shm`, on the disk the folder for temporary files or `BENCH_DIRECTORY`, up to 10,000 sessions. Redis and PostgreSQL run on this machine and do not wait for its disk.',
    'Bytes per session where they are kept: whole blocks of the folder, those of the folders in it included; what Redis says it uses; table and indexes in PostgreSQL. Growth: each median beside the one at the smallest size, and of the four the one that has grown most.',
    toMarkdownTable(['store', 'sessions', 'bytes', 'read', 'update', 'touch', 'create + destroy', 'growth ×'], rows),
  ].join('\n\n');
}

function formatFigure({ median, quartiles }: Figure): string {
  return `${formatNumber(median)} (${quartiles.map(formatNumber).join('–')})`;
}

function growthOf(result: NamedResult, results: readonly NamedResult[]): number {
  const smallest = results.find(({ store }) => store === result.store);
  if (smallest === undefined || smallest === result) return Number.NaN;
  return Math.max(...calls.map((call) => result[call].median / smallest[call].median));
}
