import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A file of this example, running in a process of its own. */
export interface RunningExample {
  readonly url: string;
  /** Ends the process as nothing can prevent (SIGKILL). */
  kill(): Promise<void>;
}

/** Runs `file` on the sources of the packages until it prints its address. */
export async function runExample(file: string, env: Readonly<Record<string, string>>): Promise<RunningExample> {
  const child = spawn(process.execPath, ['--import', 'tsx', `examples/tutorial/${file}`], {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.base.json', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await readAddress(child, file);
  return {
    url,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

function readAddress(child: ChildProcess, file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it listened`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [url] = /http:\S+/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
}
