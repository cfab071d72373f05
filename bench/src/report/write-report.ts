import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Machine } from '../machine.js';
import { explainMiss } from './explanations.js';
import { drawPlot } from './plot.js';
import { type Goal, type Section, verdictOf } from './section.js';
import { formatNumber, formatRange, toMarkdownTable } from './table.js';

const root = new URL('../../../', import.meta.url);
const latest = new URL('bench/results/latest.json', root);

/** A section of the results, and what it was taken on. */
export interface Measured extends Section {
  readonly machine: Machine;
}

type Results = Record<string, Measured>;

/** Puts new sections among those of earlier runs and writes `results/latest.json`, `docs/benchmarks.md` and the plots. */
export async function writeReport(order: readonly string[], fresh: Results): Promise<void> {
  const all = { ...(await readLatest()), ...fresh };
  const results = Object.fromEntries(order.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
  await mkdir(new URL('.', latest), { recursive: true });
  await writeFile(latest, toJson(results));
  await mkdir(new URL('docs/images/', root), { recursive: true });
  for (const plot of Object.values(results).flatMap(({ plots = [] }) => plots)) {
    await writeFile(new URL(`docs/images/${plot.name}.svg`, root), await drawPlot(plot));
  }
  await writeFile(new URL('docs/benchmarks.md', root), toMarkdown(Object.values(results)));
}

async function readLatest(): Promise<Results> {
  try {
    return fromJson(await readFile(latest, 'utf8')) as Results;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** As JSON, lists of numbers on a line each: there is one number for every round. */
export function toJson(results: unknown): string {
  const text = JSON.stringify(results, undefined, 1);
  return `${text.replace(/\[[\s\d.,e+-]+\]/g, (list) => list.replace(/\s+/g, ' '))}\n`;
}

/** The reverse of `toJson`. In JSON no figure is `null`, which JavaScript would count as 0. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => (value === null ? Number.NaN : value));
}

function toMarkdown(sections: readonly Measured[]): string {
  const versions = Object.assign({}, ...sections.map(({ machine }) => machine.versions)) as Record<string, string>;
  return [
    '# Benchmarks',
    'Written by `npm run bench`; see `bench/README.md` for how it is measured and how to run it. Only ratios within one table mean anything: ' +
      'another machine has other figures, and so has the same one under another load.',
    describeVersions({ versions }),
    '## Goals',
    'A ratio of times has an interval, in which it lies in nine of ten cases (a bootstrap over the rounds). *Reached* and *not reached* are said only where that holds ' +
      'for all of the interval; else the measurement does not tell. A figure below 0 belongs to something that took less time with the session than without; ' +
      'there is no figure where what is divided by cannot be told from nothing. Without an interval the figure is taken as it is: most of these are counted, not timed.',
    goalsTable(sections.flatMap(({ goals }) => goals)),
    ...sections.flatMap(toSectionText),
  ]
    .join('\n\n')
    .concat('\n');
}

function toSectionText({ title, text, machine, plots = [] }: Measured): string[] {
  const images = plots.map((plot) => `![${plot.title}](images/${plot.name}.svg)`);
  return [`## ${title}`, `*${describe(machine)}.*`, ...images, text];
}

/** The machine in a line. */
export function describe({ processor, cores, system, node, load, commit }: Machine): string {
  const facts = [processor, `${cores} cores`, system, `load ${load}`, `Node ${node}`];
  // Older results do not tell all of it.
  return [...facts, commit && `commit ${commit}`].filter(Boolean).join(', ');
}

/** The versions of what is measured in a line. */
export function describeVersions({ versions }: Pick<Machine, 'versions'>): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Versions: ${named.join(' · ')}.`;
}

/** The goals beside what was reached. */
export function goalsTable(goals: readonly Goal[]): string {
  const notes: string[] = [];
  const rows = goals.map((goal) => [
    goal.what,
    `≤ ${goal.atMost} ${goal.unit === 'ratio' ? '×' : goal.unit}`,
    formatNumber(goal.reached),
    goal.interval === undefined ? '' : formatRange(goal.interval),
    goal.floor === undefined ? '' : formatNumber(goal.floor),
    describeVerdict(goal, notes),
  ]);
  const table = toMarkdownTable(['goal', 'aim', 'measured', 'interval', 'the floor', ''], rows);
  return [table, notes.map((why, index) => `${index + 1}. ${why}`).join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}

function describeVerdict(goal: Goal, notes: string[]): string {
  const verdict = verdictOf(goal);
  return verdict === 'not reached' ? `**not reached**${noteOf(goal, notes)}` : verdict;
}

/** The number of the note that explains a miss; each explanation is noted once. */
function noteOf(goal: Goal, notes: string[]): string {
  const why = explainMiss(goal);
  if (why === undefined) return '';
  if (!notes.includes(why)) notes.push(why);
  return ` (${notes.indexOf(why) + 1})`;
}
