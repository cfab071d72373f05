// Checks that what `npm publish` sends would work for the people who install it.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { checkStart, checkTutorial } from './check-tutorial.mjs';
import { installPacked } from './packed-project.mjs';
import { readPublicPackages } from './public-packages.mjs';
import { checkExports, checkTypes, checkTypesOfExpress4 } from './smoke-test.mjs';

const run = promisify(execFile);
const packages = readPublicPackages();
const folder = await mkdtemp(join(tmpdir(), 'sess-packed-'));
let failures = 0;

try {
  const tarballs = await pack();
  for (const pkg of packages) {
    const tarball = await readFile(tarballs.get(pkg.name));
    await report(`${pkg.name}: publint`, () => lint(tarball));
    await report(`${pkg.name}: types in every module system`, () => checkResolution(tarball));
  }
  const project = await installPacked(packages, tarballs, folder);
  // Each waits for programs of its own, so there is work for every core.
  const exports = packages.map((pkg) =>
    report(`${pkg.name}: import and require agree`, () => checkExports(project, pkg.name)),
  );
  const types = report('types compile for a user, as ESM and as CommonJS', () => checkTypes(project, packages)).then(
    () => report('types compile for a user of Express 4', () => checkTypesOfExpress4(project)),
  );
  const tutorial = report('the tutorial runs on them, as ESM and as CommonJS', () => checkTutorial(project));
  const started = report('npm start runs the tutorial', () => checkStart(join(folder, 'sessions')));
  await Promise.all([...exports, types, tutorial, started]);
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

async function lint(tarball) {
  const { buffer, byteOffset, byteLength } = tarball;
  const { messages, pkg } = await publint({
    pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) },
    strict: true,
  });
  throwIfAny(messages.map((message) => formatMessage(message, pkg)));
}

async function checkResolution(tarball) {
  const { types, problems } = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  throwIfAny(types ? problems.map((problem) => JSON.stringify(problem)) : ['It has no types.']);
}

function throwIfAny(problems) {
  if (problems.length > 0) throw new Error(problems.join('\n'));
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
