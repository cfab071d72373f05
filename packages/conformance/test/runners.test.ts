import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { storeCases } from '@sess/conformance';
import { memoryStore } from '@sess/store-memory';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * The cases must run under any test runner, not only under the one that this file uses (which
 * packages/store-memory/test/conformance.test.ts shows). So the real ones are started, on the kit as users load it.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const suites = fileURLToPath(new URL('./runners/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sess-runners-'));
const cases = storeCases({ abilities: ['subjectIndex', 'sweep'], open: () => ({ store: memoryStore() }) }).length;

const runners = {
  'node:test': ['--test-reporter=tap', join(suites, 'node-test.cjs')],
  mocha: [join(root, 'node_modules/mocha/bin/mocha.js'), join(suites, 'mocha.cjs')],
  jest: [
    join(root, 'node_modules/jest/bin/jest.js'),
    ...['--rootDir', suites, '--testRegex', 'jest\\.cjs$', '--no-cache', '--no-watchman', '--runInBand', '--verbose'],
  ],
} as const;

beforeAll(async () => {
  const entry = join(folder, 'kit.ts');
  writeFileSync(
    entry,
    "export { storeCases } from '@sess/conformance'; export { memoryStore } from '@sess/store-memory';",
  );
  await build({
    entry: [entry],
    outDir: folder,
    format: 'cjs',
    config: false,
    silent: true,
    outExtension: () => ({ js: '.cjs' }),
    noExternal: [/./],
    tsconfig: join(root, 'tsconfig.base.json'),
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(Object.entries(runners))('under %s', (_name, args) => {
  it('the cases pass on a correct store', async () => {
    const { code, output } = await run(args, {});
    expect(code, output).toBe(0);
    expect(countPassed(output)).toBe(cases);
  });

  it('a broken store fails, with the report', async () => {
    const { code, output } = await run(args, { BROKEN: '1' });
    expect(code).not.toBe(0);
    expect(output).toContain('D2 broken: nothing in flight brings a destroyed session back.');
    expect(output).toContain('Came back: { outcome: ');
  });
});

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  // A runner inside a runner would take the outer one's settings for its own.
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, VITEST: ___, ...inherited } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: suites,
    env: { ...inherited, KIT_BUNDLE: join(folder, 'kit.cjs'), NO_COLOR: '1', FORCE_COLOR: '0', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

/** How many tests a runner says have passed: `# pass 3`, `3 passing` or `Tests: 3 passed`. */
function countPassed(output: string): number {
  const [, a, b, c] = /# pass (\d+)|(\d+) passing|Tests: +(\d+) passed/.exec(output) ?? [];
  return Number(a ?? b ?? c);
}
