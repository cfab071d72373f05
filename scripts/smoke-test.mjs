// Checks that an installed package loads both ways with the same exports, and that its types compile.
import { execFile } from 'node:child_process';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function checkExports(project, name) {
  const imported = await listExports(project, ['--input-type=module', '-e', `import * as m from '${name}'; ${print}`]);
  const required = await listExports(project, [
    '--input-type=commonjs',
    '-e',
    `const m = require('${name}'); ${print}`,
  ]);
  if (imported !== required) throw new Error(`import gives ${imported}\nrequire gives ${required}`);
  if (imported === '') throw new Error('It exports nothing.');
}

const print = "console.log(Object.keys(m).sort().join(' '))";

async function listExports(project, args) {
  const { stdout } = await run(process.execPath, args, { cwd: project });
  return stdout.trim();
}

/**
 * Type-checks a file that imports every package, library types included: this finds a type that a package forgot to ship. The two
 * module systems are two programs, as no user has both: a package may add to Express's global types, once.
 */
export async function checkTypes(project, packages) {
  const text = packages
    .map((pkg, i) => `import * as p${i} from '${pkg.name}';\nexport const q${i}: object = p${i};`)
    .join('\n');
  const files = ['esm.mts', 'cjs.cts'];
  await Promise.all(files.map((file) => writeFile(join(project, file), text)));
  for (const compiler of ['typescript', 'typescript-7']) {
    await Promise.all(files.map((file) => compile(project, file, compiler)));
  }
}

/** Type-checks an application of Express 4, whose types replace those of Express 5 for the duration. */
export async function checkTypesOfExpress4(project) {
  const types = join(project, 'node_modules/@types/express');
  await rm(types, { force: true });
  await symlink(resolve('node_modules/@types/express4'), types);
  await writeFile(
    join(project, 'express4.mts'),
    `import express from 'express';
import { session } from '@sess/express';

const sessions = session<{ name?: string }>({ secret: 'k' });
const app = express();
app.use(sessions);
app.use('/path', sessions);
app.get('/', sessions, (req, res) => {
  const name: string | undefined = sessions.of(req).name;
  // Express 4 alone has it.
  res.send(name ?? req.param('name'));
});
express.Router().use(sessions);
`,
  );
  await compile(project, 'express4.mts', 'typescript');
}

async function compile(project, file, compiler) {
  const tsc = resolve('node_modules', compiler, 'bin/tsc');
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
  try {
    await run(process.execPath, [tsc, ...options, file], { cwd: project });
  } catch (error) {
    // Other libraries' own mistakes must not fail this check.
    const ours = error.stdout.split('\n').filter((line) => /^(node_modules\/@sess|esm|cjs|express4|error)/.test(line));
    if (ours.length > 0) throw new Error(ours.join('\n'));
  }
}
