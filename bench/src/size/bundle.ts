import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What a bundle of some packages, with their dependencies but without the framework, weighs. */
export interface Weight {
  readonly minified: number;
  readonly gzipped: number;
  /** How many npm packages are in it. */
  readonly packages: number;
}

const frameworks = ['express', 'koa', 'fastify', 'hono', 'redis', 'ioredis', 'pg', 'postgres'];

/** Bundles everything that some modules export; weights in bytes. */
export function weigh(names: readonly string[]): Promise<Weight> {
  return weighModule(names.map((name, index) => `export * as module${index} from '${name}';`).join('\n'));
}

/** Bundles a module with what it imports, and leaves out what it does not use; weights in bytes. */
export async function weighModule(contents: string): Promise<Weight> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    external: frameworks,
    logLevel: 'silent',
    // The packages as they are built; their own tsconfig.json would lead to the sources.
    tsconfigRaw: {},
  });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  const inputs = Object.entries(metafile.outputs).flatMap(([, { inputs }]) => Object.keys(inputs));
  return { minified: bytes.length, gzipped: gzipSync(bytes).length, packages: new Set(inputs.flatMap(packageOf)).size };
}

/** The npm package that a file belongs to; none for the entry itself. */
function packageOf(path: string): string[] {
  const match = /.*node_modules\/((?:@[^/]+\/)?[^/]+)|packages\/([^/]+)/.exec(path);
  return match === null ? [] : [match[1] ?? `@sess/${match[2]}`];
}
