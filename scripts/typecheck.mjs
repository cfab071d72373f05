// Type-checks everything, tests included, with the compiler of the package that is named: `typescript-7` or `typescript`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const [compiler = 'typescript-7'] = process.argv.slice(2);
const tsc = join(dirname(createRequire(import.meta.url).resolve(`${compiler}/package.json`)), 'bin/tsc');

// Core a second time, without Node's types.
for (const project of ['tsconfig.json', 'packages/core', 'tsconfig.register.json']) {
  const { status } = spawnSync(process.execPath, [tsc, '--noEmit', '--project', project], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
