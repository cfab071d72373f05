// Runs in the runtime under test, as one bundled file: the stores' cases and the adapters' scenarios, with nothing of a test runner.
// Prints a line for each suite, what failed, and exits with 1 if anything did.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdapterHarness, adapterCases, type StoreHarness, storeCases } from '@sess/conformance';
import { fileStore } from '@sess/store-file';
import { memoryStore } from '@sess/store-memory';
import { express4Harness, express5Harness } from '../../packages/express/test/harness.js';
import { fastifyHarness } from '../../packages/fastify/test/harness.js';
import { fetchHarness } from '../../packages/fetch/test/harness.js';
import { honoHarness } from '../../packages/hono/test/harness.js';
import { koa2Harness, koa3Harness } from '../../packages/koa/test/harness.js';
import { http1Harness, http2Harness } from '../../packages/node/test/harness.js';
import { findNativeHarness } from './native-harness.js';

interface Case {
  readonly name: string;
  readonly skip?: string | undefined;
  run(): Promise<void>;
}

const memoryHarness: StoreHarness = {
  abilities: ['subjectIndex', 'sweep'],
  open: ({ clock }) => ({ store: memoryStore({ clock }) }),
};

const fileHarness: StoreHarness<{ readonly store: ReturnType<typeof fileStore>; readonly directory: string }> = {
  abilities: ['subjectIndex', 'sweep'],
  open({ clock }) {
    const directory = mkdtempSync(join(tmpdir(), 'sess-runtime-'));
    return { store: fileStore({ directory, clock }), directory };
  },
  dispose: ({ directory }) => rmSync(directory, { recursive: true, force: true }),
};

const adapters: Readonly<Record<string, AdapterHarness | undefined>> = {
  'Express 4': express4Harness,
  'Express 5': express5Harness,
  Fastify: fastifyHarness,
  Hono: honoHarness,
  'Koa 2': koa2Harness,
  'Koa 3': koa3Harness,
  'node:http': http1Harness,
  'node:http2': http2Harness,
  'fetch on node:http': fetchHarness,
  "fetch on the runtime's own server": findNativeHarness(),
};

/** Longer than any case may take by its own rules. */
const patience = 60_000;

async function runSuite(name: string, cases: readonly Case[]): Promise<boolean> {
  const wanted = cases.filter(({ skip }) => skip === undefined);
  const failures: string[] = [];
  for (const { name, run } of wanted) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`did not end within ${patience} ms`)), patience);
    });
    try {
      await Promise.race([run(), tooLate]);
    } catch (error) {
      failures.push(`  ${name}\n    ${String(error).replaceAll('\n', '\n    ')}`);
    } finally {
      clearTimeout(timer);
    }
  }
  const skipped = cases.length - wanted.length;
  console.log(`${name}: ${wanted.length - failures.length} passed, ${failures.length} failed, ${skipped} do not apply`);
  for (const failure of failures) console.log(failure);
  return failures.length === 0;
}

const suites: [string, readonly Case[]][] = [
  ['store-memory', storeCases(memoryHarness, { profile: 'quick' })],
  ['store-file', storeCases(fileHarness, { profile: 'quick', runs: 20 })],
];
for (const [name, harness] of Object.entries(adapters)) {
  if (harness !== undefined) suites.push([name, adapterCases(harness)]);
}
let isGreen = true;
for (const [name, cases] of suites) isGreen = (await runSuite(name, cases)) && isGreen;
process.exit(isGreen ? 0 : 1);
