import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.js';
import type { Section } from './report/section.js';
import { describe, describeVersions, goalsTable, type Measured, writeReport } from './report/write-report.js';

/**
 * Every part of the benchmark, in the order of the report. A part is loaded when its turn comes: what the others bring
 * along is not in its process yet.
 */
const sections: Readonly<Record<string, (isQuick: boolean) => Promise<Section>>> = {
  'in-process': async (isQuick) =>
    (await import('./in-process/section.js')).inProcessSection(
      isQuick
        ? { starts: 1, rounds: 5, requests: 20, warmUp: 100 }
        : { starts: 5, rounds: 7, requests: 200, warmUp: 1600 },
    ),
  http: async (isQuick) =>
    (await import('./http/section.js')).httpSection(
      isQuick
        ? { starts: 1, rounds: 2, requests: 40, warmUp: 80, connections: 8 }
        : { starts: 6, rounds: 5, requests: 240, warmUp: 1680, connections: 8 },
    ),
  size: async (isQuick) => (await import('./size/section.js')).sizeSection(isQuick),
  scale: async (isQuick) => (await import('./scale/section.js')).scaleSection(isQuick),
  contention: async (isQuick) => (await import('./contention/section.js')).contentionSection(isQuick),
  wire: async () => (await import('./wire/section.js')).wireSection(),
};

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const names = values.only?.split(',') ?? Object.keys(sections);
const unknown = names.filter((name) => sections[name] === undefined);
if (unknown.length > 0)
  throw new Error(`There is no part ${unknown.join(', ')}. Known: ${Object.keys(sections).join(', ')}.`);
if (!existsSync(new URL('../../packages/core/dist', import.meta.url)))
  throw new Error('The packages are measured as they are published: build them first, with `npm run build`.');

console.log(describeVersions(describeMachine()));
for (const name of names) {
  const section = await sections[name]?.(values.quick);
  if (section === undefined) continue;
  const machine = describeMachine();
  const measured: Measured = { ...section, machine };
  console.log(`\n## ${section.title}\n\n${describe(machine)}\n\n${section.text}\n\n${goalsTable(section.goals)}`);
  if (!values.quick) await writeReport(Object.keys(sections), { [name]: measured });
}
if (values.quick) console.log('\nA quick run: its figures are rough, and nothing was written.');
// Memory stores of peers keep timers alive.
process.exit();
