import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pass } from 'node:timers/promises';
import { bundleScript } from '@sess/test-support';
import { Ledger, type Line, type Verdict } from './ledger.js';
import { createRandom } from './random.js';

/** How hard it is to be. */
export interface TortureOptions {
  readonly directory: string;
  /** How many processes are killed. */
  readonly kills: number;
  /** How many processes work at once. */
  readonly processes: number;
  readonly seed: number;
  /** After how many kills everything is stopped and checked. */
  readonly checkEvery: number;
  readonly onCheck?: (kills: number, report: TortureReport) => void;
}

/** What came of it. */
export interface TortureReport extends Verdict {
  readonly kills: number;
  /** How many writes were acknowledged, destroys included. */
  readonly acknowledged: number;
  readonly destroyed: number;
}

/** Kills processes (`kill -9`) at random instants while they work on one directory, and checks what they leave behind. */
export async function torture(options: TortureOptions): Promise<TortureReport> {
  const { directory, processes, kills, checkEvery } = options;
  const random = createRandom(options.seed);
  const ledger = new Ledger();
  let report: TortureReport = {
    kills: 0,
    acknowledged: 0,
    destroyed: 0,
    unreadable: [],
    lost: [],
    revived: [],
    unlisted: [],
  };
  for (let done = 0; done < kills && isClean(report); ) {
    const crew = await Promise.all(Array.from({ length: processes }, () => Worker.start(directory, random, ledger)));
    const round = Math.min(checkEvery, kills - done);
    for (let kill = 0; kill < round; kill++) {
      await pass(random(30));
      const victim = random(processes);
      await crew[victim]?.kill();
      // The last ones are not replaced: the rest of the crew is killed to be checked.
      if (kill < round - processes) crew[victim] = await Worker.start(directory, random, ledger);
    }
    done += round;
    await Promise.all(crew.map((each) => each.kill()));
    report = {
      kills: done,
      acknowledged: ledger.acknowledged,
      destroyed: ledger.destroyed,
      ...(await ledger.check(directory)),
    };
    options.onCheck?.(done, report);
  }
  return report;
}

/** Whether nothing was found wrong. */
export function isClean({ unreadable, lost, revived, unlisted }: Verdict): boolean {
  return unreadable.length + lost.length + revived.length + unlisted.length === 0;
}

/** A process at work. */
class Worker {
  static #count = 0;
  readonly #child: ChildProcess;
  readonly #end: Promise<unknown>;
  #killed = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#end = once(child, 'close');
  }

  /** Resolves when the process has begun. Rejects when it ends by itself, with what it said. */
  static async start(directory: string, random: (limit: number) => number, ledger: Ledger): Promise<Worker> {
    const worker = await bundleScript(new URL('./worker.ts', import.meta.url));
    Worker.#count++;
    const args = [worker, directory, `w${process.pid}x${Worker.#count}`, String(random(2 ** 31))];
    const env = { ...process.env, NODE_OPTIONS: '' };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const self = new Worker(child);
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (text) => {
        const line = parseLine(text);
        if (line !== undefined) ledger.enter(line);
        if (line !== undefined && 'ready' in line) resolve();
      });
      child.once('exit', (code) => {
        if (!self.#killed) ledger.enter({ problem: `A process ended by itself (${code}).` });
        reject(new Error('A process ended before it had begun.'));
      });
    });
    return self;
  }

  /** Resolves when the process is gone and all its output was read. */
  async kill(): Promise<void> {
    this.#killed = true;
    this.#child.kill('SIGKILL');
    await this.#end;
  }
}

/** The last line of a killed process may be cut off; it then counts as not said. */
function parseLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
