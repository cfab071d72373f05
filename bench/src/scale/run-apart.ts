import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs one of the scripts beside this file in a process of its own, where nothing measured before is left, and returns the JSON it prints. */
export async function runApart<R>(script: string, ...args: readonly (string | number)[]): Promise<R> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run(process.execPath, ['--expose-gc', '--import', 'tsx', path, ...args.map(String)]);
  return JSON.parse(stdout) as R;
}
