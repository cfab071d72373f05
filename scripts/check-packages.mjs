// Answers: would what `npm publish` sends work for the people who install it?
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPacked } from './packed-project.mjs';
import { readPublicPackages } from './public-packages.mjs';
import { checkExports, checkTypes } from './smoke-test.mjs';

const run = promisify(execFile);
const packages = readPublicPackages();
const folder = await mkdtemp(join(tmpdir(), 'sess-packed-'));
let failures = 0;

try {
  const tarballs = await pack();
  // Two at a time: each is a process of its own, and two is what a small machine has.
  for (let i = 0; i < packages.length; i += 2) {
    await Promise.all(packages.slice(i, i + 2).map((pkg) => checkPackage(pkg, tarballs.get(pkg.name))));
  }
  const project = await installPacked(packages, tarballs, folder);
  for (const pkg of packages)
    await report(`${pkg.name}: import and require agree`, () => checkExports(project, pkg.name));
  await report('types compile for a user, as ESM and as CommonJS', () => checkTypes(project, packages));
} finally {
  await rm(folder, { recursive: true, force: true });
}

console.log(failures === 0 ? `${packages.length} packages are fit to publish.` : `${failures} checks failed.`);
process.exitCode = failures === 0 ? 0 : 1;

async function pack() {
  const names = packages.flatMap((pkg) => ['--workspace', pkg.name]);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder, ...names]);
  const packed = Object.values(JSON.parse(stdout));
  return new Map(packed.map(({ name, filename }) => [name, join(folder, filename)]));
}

async function checkPackage(pkg, tarball) {
  await report(`${pkg.name}: publint`, () => run('npx', ['publint', 'run', tarball, '--strict']));
  await report(`${pkg.name}: types in every module system`, () => run('npx', ['attw', tarball, '--no-color']));
}

async function report(title, check) {
  try {
    await check();
    console.log(`ok      ${title}`);
  } catch (error) {
    failures += 1;
    console.error(`FAILED  ${title}\n${[error.stdout, error.stderr].filter(Boolean).join('\n') || error.message}`);
  }
}
