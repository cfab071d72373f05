import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Figure, summarize } from '../statistics.js';

const run = promisify(execFile);

/** CPU time, in ms, that a new process takes to import a module, over one that imports nothing; the processes take turns. */
export async function timeImports(names: readonly string[], rounds: number): Promise<ReadonlyMap<string, Figure>> {
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) times.get(name)?.push(await timeImport(name));
  }
  return new Map([...times].map(([name, values]) => [name, summarize(values)]));
}

async function timeImport(name: string): Promise<number> {
  const script = `const before = process.cpuUsage(); await import('${name}'); const { user, system } = process.cpuUsage(before); console.log(user + system);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
  });
  return Number(stdout) / 1000;
}
