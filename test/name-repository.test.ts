import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = resolve('scripts/name-repository.mjs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sess-repository-'));
  for (const [name, more] of [
    ['core', {}],
    ['inside', { private: true }],
  ] as const) {
    mkdirSync(join(folder, 'packages', name), { recursive: true });
    writeFileSync(packageFile(name), JSON.stringify({ name: `@sess/${name}`, ...more }));
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a release says in each public package where its source is', () => {
  run({ GITHUB_SERVER_URL: 'https://git.example', GITHUB_REPOSITORY: 'owner/sess' });

  expect(JSON.parse(readFileSync(packageFile('core'), 'utf8'))).toEqual({
    name: '@sess/core',
    repository: { type: 'git', url: 'git+https://git.example/owner/sess.git', directory: 'packages/core' },
  });
  expect(JSON.parse(readFileSync(packageFile('inside'), 'utf8'))).toEqual({ name: '@sess/inside', private: true });
});

test('outside of the workflow nothing is released', () => {
  expect(() => run({})).toThrow(/GITHUB_REPOSITORY/);
});

function packageFile(name: string): string {
  return join(folder, 'packages', name, 'package.json');
}

function run(env: Record<string, string>): void {
  execFileSync(process.execPath, [script], { cwd: folder, env, stdio: 'pipe' });
}
