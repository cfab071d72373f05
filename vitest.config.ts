import { defineConfig } from 'vitest/config';

const report = process.env.SESS_TEST_REPORT;

export default defineConfig({
  // `@sess/*` is the source of that package, as in tsconfig.base.json, also for the benchmark's own files: no test needs a build.
  resolve: {
    alias: [
      { find: '@sess/test-support', replacement: `${import.meta.dirname}/test-support/index.ts` },
      { find: /^@sess\/([\w-]+)$/, replacement: `${import.meta.dirname}/packages/$1/src/index.ts` },
    ],
  },
  test: {
    // A property test makes hundreds of runs, and a machine may be busy with other things: time is no verdict.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Processes, not threads: tests send signals, change the working directory and count handles.
    pool: 'forks',
    // One more than a small machine has cores: many tests wait for a server, a browser or a child.
    maxWorkers: 3,
    globalSetup: ['test-support/vitest/once-per-run.ts'],
    setupFiles: ['test-support/vitest/once-per-file.ts'],
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    coverage: { include: ['packages/*/src/**'], exclude: ['**/*.test.ts', '**/*.test-d.ts'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'packages',
          include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          // They leave nothing behind, and a process for each would take longer to start than most of them run.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'others',
          // The libraries that the benchmark loads change globals, and examples are applications.
          include: [
            'examples/*/test/**/*.test.ts',
            'bench/test/**/*.test.ts',
            'test/**/*.test.ts',
            'test-support/**/*.test.ts',
          ],
        },
      },
    ],
  },
});
