// Answers `npm run test:runtimes`: the stores' cases and the adapters' scenarios on Node, Bun and Deno, and a worker in workerd. Words after
// `--` choose runtimes. One that is not on the PATH is fetched from npm for the occasion.
import { execFileSync, spawnSync } from 'node:child_process';
import { bundleScript, findBinary } from '@sess/test-support';
import { checkWorker } from './check-worker.js';

const cases = new URL('./cases.ts', import.meta.url);

const runtimes: Readonly<Record<string, () => Promise<boolean>>> = {
  node: async () => runCases(process.execPath, []),
  bun: async () => runCases(find('bun'), ['run']),
  deno: async () => runCases(find('deno'), ['run', '--allow-all', '--quiet']),
  workerd: async () => {
    for (const flags of [[], ['nodejs_compat']]) {
      await checkWorker(find('workerd'), flags);
      console.log(`a worker ${flags.length === 0 ? 'without' : 'with'} Node's modules: logged in and out`);
    }
    return true;
  },
};

async function runCases(command: string, args: readonly string[]): Promise<boolean> {
  // Without the warnings that the scenarios call for.
  const env = { ...process.env, NODE_NO_WARNINGS: '1' };
  return spawnSync(command, [...args, await bundleScript(cases)], { stdio: 'inherit', env }).status === 0;
}

/** The path of a runtime; npm's package of the same name has it where the machine has not. */
function find(name: string): string {
  const found = findBinary([name]);
  if (found !== undefined) return found;
  return execFileSync('npm', ['exec', '--yes', `--package=${name}`, '--', 'sh', '-c', `command -v ${name}`], {
    encoding: 'utf8',
  }).trim();
}

const wanted = process.argv.slice(2);
for (const [name, run] of Object.entries(runtimes)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  if (!(await run())) process.exitCode = 1;
}
