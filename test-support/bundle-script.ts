import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundles = new Map<string, Promise<string>>();

/**
 * Resolves to the path of a JavaScript file that does what the TypeScript `script` does, with `@sess/*` from source. It starts in a
 * tenth of the time that transpiling at every start takes, which matters where processes are started to be killed.
 */
export function bundleScript(script: URL): Promise<string> {
  const path = fileURLToPath(script);
  let bundle = bundles.get(path);
  if (bundle === undefined) {
    bundle = bundleOnce(path);
    bundles.set(path, bundle);
  }
  return bundle;
}

async function bundleOnce(path: string): Promise<string> {
  // Inside the repository, so that packages are found; of this process alone, since another may write the same one at this moment.
  const folder = join(root, 'node_modules/.cache/sess-scripts');
  mkdirSync(folder, { recursive: true });
  const name = createHash('sha256').update(`${process.pid} ${path}`).digest('hex').slice(0, 16);
  const outfile = join(folder, `${name}.mjs`);
  // Only here: most who import this folder start no process.
  const { build } = await import('esbuild');
  await build({
    entryPoints: [path],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    tsconfig: join(root, 'tsconfig.base.json'),
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}
