import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client } from './client.js';
import type { HttpContender, Places } from './contenders.js';

/** A contender's server, running in a process of its own. */
export class RunningServer {
  readonly #process: ChildProcess;
  readonly client: Client;

  private constructor(process: ChildProcess, client: Client) {
    this.#process = process;
    this.client = client;
  }

  /** Starts the server; rejects if it ends before it listens. */
  static async start({ name }: HttpContender, places: Places, connections: number): Promise<RunningServer> {
    const script = fileURLToPath(new URL('server.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, name, JSON.stringify(places)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // With the tsconfig.json of the benchmark the packages are measured as they are built, not their sources.
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    });
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`The server of ${name} ended at once.`)));
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
    ended.catch(() => {});
    return new RunningServer(child, new Client(port, connections));
  }

  /** µs of CPU that the server has used since it was started. */
  async readCpu(): Promise<number> {
    const answer = once(this.#process, 'message');
    this.#process.send('cpu');
    const [{ cpu }] = (await answer) as [{ cpu: number }];
    return cpu;
  }

  async stop(): Promise<void> {
    this.client.close();
    const exit = once(this.#process, 'exit');
    this.#process.disconnect();
    await exit;
  }
}
