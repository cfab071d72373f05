import type { Section } from '../report/section.js';
import { formatNumber, toMarkdownTable } from '../report/table.js';
import { type Weight, weigh, weighModule } from './bundle.js';
import { timeImports } from './import-time.js';

const combined = ['@sess/core', '@sess/express', '@sess/store-memory'];

const bundles: readonly (readonly [string, readonly string[]])[] = [
  ['Sess: core + Express + memory', combined],
  ...['core', 'node', 'express', 'koa', 'fastify', 'fetch', 'hono'].map(
    (name) => [`@sess/${name}`, [`@sess/${name}`]] as const,
  ),
  ...['memory', 'file', 'redis', 'postgres'].map((name) => [`@sess/store-${name}`, [`@sess/store-${name}`]] as const),
  ['@sess/conformance', ['@sess/conformance']],
  ...['express-session', 'cookie-session', 'koa-session'].map((name) => [name, [name]] as const),
  // Without the other it does not start, so nobody loads it alone.
  ['@fastify/session + @fastify/cookie', ['@fastify/session', '@fastify/cookie']],
  ...['iron-session', 'hono-sessions'].map((name) => [name, [name]] as const),
];

/** What an application bundles: the default store is in memory. */
const used = ['Sess: session of @sess/express, tree-shaken', "export { session } from '@sess/express';"] as const;

const imported = [
  '@sess/express',
  '@sess/koa',
  '@sess/fastify',
  '@sess/fetch',
  'express-session',
  'koa-session',
  '@fastify/session',
  'iron-session',
];

/** Measures what the packages weigh and how long it takes to load them. */
export async function sizeSection(isQuick: boolean): Promise<Section> {
  const weights: (readonly [string, Weight])[] = [];
  for (const [title, names] of bundles) weights.push([title, await weigh(names)]);
  weights.splice(1, 0, [used[0], await weighModule(used[1])]);
  const times = await timeImports(imported, isQuick ? 1 : 15);
  const weightTable = toMarkdownTable(
    ['bundle', 'minified KB', 'gzipped KB', 'packages'],
    weights.map(([title, { minified, gzipped, packages }]) => [
      title,
      toKilobytes(minified),
      toKilobytes(gzipped),
      String(packages),
    ]),
  );
  const timeTable = toMarkdownTable(
    ['import in a new process', 'CPU ms', 'quartiles'],
    [...times].map(([name, { median, quartiles }]) => [
      name,
      formatNumber(median),
      quartiles.map(formatNumber).join('–'),
    ]),
  );
  const own = weights[0]?.[1].gzipped ?? Number.NaN;
  return {
    title: 'Size and loading',
    text: [
      'Bundled by esbuild with everything each module exports (in the second row, with what an application uses that imports `session` and keeps to the default store, in memory) and with its dependencies (for Sess, that is `@sess/core` and `@sess/node` wherever they are needed), without framework and database client; 1 KB is 1000 bytes.',
      weightTable,
      timeTable,
    ].join('\n\n'),
    figures: { weights: Object.fromEntries(weights), importTimes: Object.fromEntries(times) },
    goals: [
      { id: 'size', what: 'core + Express + memory, minified and gzipped', reached: own / 1000, atMost: 8, unit: 'KB' },
    ],
  };
}

function toKilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
