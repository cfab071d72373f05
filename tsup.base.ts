import { defineConfig } from 'tsup';

/** How every package is built: one ESM and one CommonJS file, each with types of its own. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  // `neutral` would not know `node:` imports; `node` leaves them alone and adds nothing.
  platform: 'node',
  // Without `paths`, `@sess/*` resolves to the built package: what users get is what is checked.
  dts: { compilerOptions: { paths: {} } },
  treeshake: true,
  // Deno and workers know Node's modules only by their full names.
  removeNodeProtocol: false,
  clean: true,
});
