import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Contender, Group } from './contender.js';
import type { Operation } from './operations.js';
import type { Sample } from './sampler.js';

/** With its tsconfig.json the packages are measured as they are built; with that of the root it would be their sources. */
const benchFolder = fileURLToPath(new URL('../..', import.meta.url));

type Facts = Pick<Contender, 'name' | 'cookieHolds'>;

/** A contender, running in a process of its own. */
export class RunningContender {
  readonly facts: Facts;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, facts: Facts) {
    this.#process = child;
    this.facts = facts;
  }

  /** Starts the contender at `place` of the group and checks that it does the work; rejects if it does not. */
  static async start({ framework }: Group, place: number | 'bare'): Promise<RunningContender> {
    const script = fileURLToPath(new URL('contender-process.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, framework, String(place)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      cwd: benchFolder,
    });
    return new RunningContender(child, (await answerOf(child)) as Facts);
  }

  async sample(operation: Operation, requests: number): Promise<Sample> {
    this.#process.send({ operation, requests });
    return (await answerOf(this.#process)) as Sample;
  }

  async stop(): Promise<void> {
    const exit = once(this.#process, 'exit');
    this.#process.disconnect();
    await exit;
  }
}

/** The next message of a process; rejects if it ends instead. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const settled = new AbortController();
  const message = once(child, 'message', settled).then(([answer]) => answer as unknown);
  const end = once(child, 'exit', settled).then(() => Promise.reject(new Error('A contender has ended; see above.')));
  try {
    return await Promise.race([message, end]);
  } finally {
    settled.abort();
    // The loser of the race is aborted, which is expected.
    await Promise.allSettled([message, end]);
  }
}
