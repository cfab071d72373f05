import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Mutation } from './mutation.js';

/** What the packages under test are made of; nothing that is built or installed. */
const parts = [
  'packages/core',
  'packages/conformance',
  'packages/store-memory',
  'test-support',
  'package.json',
  'tsconfig.base.json',
  'tsconfig.json',
  'vitest.config.ts',
];

/** `missed`: the tests stayed green. `broken`: nothing was tested, because a file did not load or no test has the name. */
export type Verdict = 'caught' | 'missed' | 'broken';

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string }[] }[];
}

/** A copy of the repository's sources in a temporary folder, in which they can be broken. */
export class Sandbox {
  readonly #folder: string;

  /** Copies the sources of the repository at `root`. */
  constructor(root: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'sess-mutation-'));
    const filter = (path: string) => !['node_modules', 'dist'].includes(basename(path));
    for (const part of parts) cpSync(join(root, part), join(this.#folder, part), { recursive: true, filter });
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'), 'junction');
  }

  /** Breaks the sources, runs the test that must notice, and mends them. */
  async try(mutation: Mutation): Promise<Verdict> {
    const path = join(this.#folder, 'packages/core/src', mutation.file);
    const original = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      original.replace(mutation.replace, () => mutation.by),
    );
    try {
      const statuses = await this.run(`packages/core/${mutation.test}`, mutation.name);
      if (statuses.includes('failed')) return 'caught';
      return statuses.includes('passed') ? 'missed' : 'broken';
    } finally {
      writeFileSync(path, original);
    }
  }

  /** Runs the tests of a file whose names contain `name`; answers how each ended, nothing if the file did not load. */
  async run(file: string, name: string): Promise<readonly string[]> {
    const report = join(this.#folder, 'report.json');
    rmSync(report, { force: true });
    const pattern = name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const options = ['--typecheck.enabled=false', '--reporter=json', `--outputFile=${report}`];
    const child = spawn(process.execPath, [vitest, 'run', ...options, file, '-t', pattern], {
      cwd: this.#folder,
      stdio: 'ignore',
      // One seed for all: whether a break is caught must not depend on the day.
      env: { ...process.env, FC_SEED: '1', FC_NUM_RUNS: '100', SESS_NO_SHRINKING: '1' },
    });
    await new Promise((resolve) => child.on('close', resolve));
    if (!existsSync(report)) return [];
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    return testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  }

  /** Removes the copy. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
