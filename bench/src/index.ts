import { parseArgs } from 'node:util';
import { contentionSection } from './contention/section.js';
import { httpSection } from './http/section.js';
import { inProcessSection } from './in-process/section.js';
import { describeMachine } from './machine.js';
import type { Section } from './report/section.js';
import { describe, describeVersions, goalsTable, type Measured, writeReport } from './report/write-report.js';
import { scaleSection } from './scale/section.js';
import { sizeSection } from './size/section.js';
import { wireSection } from './wire/section.js';

/** Every part of the benchmark, in the order of the report. */
const sections: Readonly<Record<string, (isQuick: boolean) => Promise<Section>>> = {
  'in-process': (isQuick) =>
    inProcessSection(
      isQuick
        ? { starts: 1, rounds: 5, requests: 20, warmUp: 100 }
        : { starts: 5, rounds: 9, requests: 50, warmUp: 3000 },
    ),
  http: (isQuick) =>
    httpSection(
      isQuick
        ? { rounds: 2, requests: 40, warmUp: 80, connections: 8 }
        : { rounds: 15, requests: 160, warmUp: 1600, connections: 8 },
    ),
  size: sizeSection,
  scale: scaleSection,
  contention: contentionSection,
  wire: wireSection,
};

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const names = values.only?.split(',') ?? Object.keys(sections);
const unknown = names.filter((name) => sections[name] === undefined);
if (unknown.length > 0)
  throw new Error(`There is no part ${unknown.join(', ')}. Known: ${Object.keys(sections).join(', ')}.`);

console.log(describeVersions(describeMachine()));
for (const name of names) {
  const section = await sections[name]?.(values.quick);
  if (section === undefined) continue;
  const machine = describeMachine();
  const measured: Measured = { ...section, machine, isQuick: values.quick };
  console.log(`\n## ${section.title}\n\n${describe(machine)}\n\n${section.text}\n\n${goalsTable(section.goals)}`);
  await writeReport(Object.keys(sections), { [name]: measured });
}
// Memory stores of peers keep timers alive.
process.exit();
