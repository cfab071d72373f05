import { defineConfig } from 'vitest/config';

const report = process.env.SESS_TEST_REPORT;

export default defineConfig({
  // `@sess/*` is the source of that package, as in tsconfig.base.json: no test needs a build.
  resolve: { tsconfigPaths: true },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'bench/test/**/*.test.ts',
      'test/**/*.test.ts',
      'test-support/**/*.test.ts',
    ],
    // Source errors are `npm run typecheck`'s to report; here only type tests fail.
    typecheck: { enabled: true, include: ['**/*.test-d.ts'], ignoreSourceErrors: true },
    // A property test makes hundreds of runs, and a machine may be busy with other things: time is no verdict.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Processes, not threads: tests send signals, change the working directory and count handles.
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['test-support/vitest/once-per-run.ts'],
    setupFiles: ['test-support/vitest/once-per-file.ts'],
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    coverage: { include: ['packages/*/src/**'], exclude: ['**/*.test.ts', '**/*.test-d.ts'] },
  },
});
