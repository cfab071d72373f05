/**
 * Where the CPU time of one kind of request goes: `npm run profile --workspace bench -- Fastify 'read 200 B'` prints the functions that take
 * most time themselves, in µs per request, for Sess and for the bare framework.
 */
import { execFileSync } from 'node:child_process';
import { type Profiler, Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createContenderAt } from './in-process/groups.js';
import { type Operation, operations } from './in-process/operations.js';
import { Sampler } from './in-process/sampler.js';
import { toMarkdownTable } from './report/table.js';

const requests = 40_000;
const shown = 25;
const [, , framework = 'Fastify', operation = 'read 200 B', place] = process.argv;

if (place === undefined) {
  for (const each of ['0', 'bare']) {
    // A process each, as everywhere here: two applications in one change what V8 makes of them.
    const args = ['--import', 'tsx', fileURLToPath(import.meta.url), framework, operation, each];
    process.stdout.write(execFileSync(process.execPath, args));
  }
} else {
  console.log(await profile(framework, operation as Operation, place));
  // Memory stores of peers keep timers alive.
  process.exit();
}

async function profile(framework: string, operation: Operation, place: string): Promise<string> {
  if (!operations.includes(operation))
    throw new Error(`There is no operation ${operation}. There are: ${operations.join(', ')}.`);
  const contender = await createContenderAt(framework, place);
  const sampler = new Sampler(contender, place === 'bare');
  for (let warmUp = 0; warmUp < 10; warmUp++) await sampler.sample(operation, 2000);
  const inspector = new Session();
  inspector.connect();
  const post = promisify(inspector.post.bind(inspector)) as (method: string, parameters?: object) => Promise<unknown>;
  await post('Profiler.enable');
  await post('Profiler.setSamplingInterval', { interval: 50 });
  await post('Profiler.start');
  await sampler.sample(operation, requests);
  const { profile } = (await post('Profiler.stop')) as { readonly profile: Profiler.Profile };
  const rows = [...sumSelfTimes(profile)].sort(([, a], [, b]) => b - a).slice(0, shown);
  return [
    `### ${contender.name} on ${framework}: ${operation}`,
    toMarkdownTable(
      ['function', 'µs'],
      rows.map(([name, time]) => [`\`${name}\``, (time / requests).toFixed(2)]),
    ),
    '',
  ].join('\n\n');
}

/** µs that each function takes itself, by its name and place. */
function sumSelfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const file = url.split('/').slice(-3).join('/');
      return [id, `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`];
    }),
  );
  const times = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? '';
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  }
  return times;
}
