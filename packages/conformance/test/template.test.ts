import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * The template that docs/writing-a-store.md tells people to copy has to pass before they have changed anything. So it is copied
 * into an empty folder, with the packages installed as users get them, and its own test is run there.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const template = join(root, 'packages/conformance/template');
const folder = mkdtempSync(join(tmpdir(), 'sess-template-'));
const readText = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');

beforeAll(async () => {
  cpSync(template, folder, { recursive: true });
  await install('core', []);
  await install('conformance', [/^fast-check/]);
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the template', () => {
  it('passes as it is', async () => {
    const { code, output } = await runSuite();
    expect(code, output).toBe(0);
    expect(Number(/Tests +(\d+) passed/.exec(output)?.[1])).toBeGreaterThan(80);
  });

  it('shows a mistake the moment it is made', async () => {
    const file = join(folder, 'src/my-store.ts');
    const right = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      right.replace("if (row === undefined) return 'gone';", "if (row === undefined) return 'touched';"),
    );
    const { code, output } = await runSuite();
    writeFileSync(file, right);
    expect(code).not.toBe(0);
    expect(output).toContain('D2 broken: nothing in flight brings a destroyed session back.');
  });

  it('goes out with the package', () => {
    expect(JSON.parse(readText('packages/conformance/package.json')).files).toContain('template');
  });

  // Every block of code in the guide that names a file must stand in that file to the letter.
  it('is what the guide shows', () => {
    const blocks = [...readText('docs/writing-a-store.md').matchAll(/```ts fragment\n\/\/ (\S+\.ts)\n([\s\S]*?)```/g)];
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    for (const [, file = '', code = ''] of blocks) {
      expect(readFileSync(join(template, file), 'utf8'), file).toContain(code.trim());
    }
  });
});

/** Puts a package of this repository where `npm install` would. */
async function install(name: string, noExternal: RegExp[]): Promise<void> {
  const home = join(folder, 'node_modules/@sess', name);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), readText('packages', name, 'package.json'));
  await build({
    entry: [join(root, 'packages', name, 'src/index.ts')],
    outDir: join(home, 'dist'),
    format: 'esm',
    config: false,
    silent: true,
    external: [/^@sess\//],
    noExternal,
    outExtension: () => ({ js: '.js' }),
  });
}

function runSuite(): Promise<{ code: number | null; output: string }> {
  // A runner inside a runner would take the outer one's settings for its own.
  const { NODE_OPTIONS: _, VITEST: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder], {
    cwd: folder,
    env: { ...inherited, NO_COLOR: '1', FORCE_COLOR: '0', FC_NUM_RUNS: '20' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}
