import { defineConfig } from 'tsup';

/** How every package is built: one ESM and one CommonJS file, each with types of its own. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  // `neutral` would not know `node:` imports; `node` leaves them alone and adds nothing.
  platform: 'node',
  // Without `paths`, `@sess/*` resolves to the built package: its types stay a dependency's. `npm run typecheck` checks the
  // source and `npm run check:packages` what was built; a build checks nothing a second time.
  dts: { compilerOptions: { paths: {}, noCheck: true } },
  treeshake: true,
  // Deno and workers know Node's modules only by their full names.
  removeNodeProtocol: false,
  clean: true,
});
