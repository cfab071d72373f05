import { defineConfig } from 'vitest/config';

const report = process.env.SESS_TEST_REPORT;

/**
 * Tests that leave nothing behind: no server, no signal, no library that changes globals. A process for each would take longer to start
 * than most of them take to run.
 */
const tidy = [
  'packages/*/src/**/*.test.ts',
  'packages/{core,node,express,koa,fastify,fetch,hono,conformance,store-memory}/test/**/*.test.ts',
];

export default defineConfig({
  // `@sess/*` is the source of that package, as in tsconfig.base.json: no test needs a build.
  resolve: { tsconfigPaths: true },
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
      { extends: true, test: { name: 'shared process', include: tidy, isolate: false } },
      {
        extends: true,
        test: {
          name: 'own process',
          include: [
            'packages/*/test/**/*.test.ts',
            'examples/*/test/**/*.test.ts',
            'bench/test/**/*.test.ts',
            'test/**/*.test.ts',
            'test-support/**/*.test.ts',
          ],
          exclude: tidy,
        },
      },
    ],
  },
});
