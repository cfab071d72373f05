// What may import what: the arrows of the architecture, kept by `npm run lint`.

const tests = '\\.(prop\\.)?(test|test-d)\\.ts$';
const source = '^packages/[^/]+/src/';

/**
 * Core's concepts from the ground up: a file may import from its own layer and from earlier ones, never from later ones. The
 * store contract is on the ground because it is types and guards only.
 */
const coreLayers = {
  ground: [
    'clock',
    'errors',
    'forwarded',
    'json',
    'keyed-mutex',
    'manual-clock',
    'random',
    'snapshot',
    'store',
    'stored-json',
  ],
  means: ['data-errors', 'digest', 'duration', 'events', 'flow', 'node-digest'],
  parts: ['codec', 'cookie/', 'expiry', 'fixed-point', 'insecurity', 'keyring', 'merge', 'schema', 'subject', 'token'],
  records: ['guarded-store', 'record', 'secrets', 'subject-sessions', 'sweeper'],
  session: [
    'data-format',
    'fresh',
    'initial-data',
    'option-names',
    'options',
    'read-options',
    'session',
    'session-handle',
  ],
  exchange: ['exchange/', 'runtime'],
  sessions: ['admin', 'create-runtime', 'sessions', 'warnings'],
  list: ['index'],
};

const coreFiles = (names) => `^packages/core/src/(${names.map((n) => (n.endsWith('/') ? n : `${n}\\.ts$`)).join('|')})`;

const layers = Object.entries(coreLayers);

const upwardImports = layers.slice(0, -1).map(([layer, names], i) => ({
  name: `core-${layer}-imports-a-later-layer`,
  severity: 'error',
  from: { path: coreFiles(names), pathNot: tests },
  to: { path: coreFiles(layers.slice(i + 1).flatMap(([, later]) => later)) },
}));

module.exports = {
  forbidden: [
    ...upwardImports,
    {
      name: 'core-file-without-layer',
      comment: 'Give the new file a place in coreLayers of .dependency-cruiser.cjs.',
      severity: 'error',
      // Found by who imports it: it may import nothing itself.
      from: {},
      to: { path: '^packages/core/src/', pathNot: [coreFiles(Object.values(coreLayers).flat()), tests] },
    },
    {
      name: 'core-imports-node',
      comment: 'Core runs on Node, Bun, Deno and workers.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'cycle',
      severity: 'error',
      from: {},
      // Types that name each other are gone when the code runs.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'adapter-imports-adapter',
      comment: 'An adapter imports core, the plumbing in node or fetch, and the store it falls back to; nothing else.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/', pathNot: tests },
      to: { path: '^packages/', pathNot: '^packages/($1|core|node|fetch|store-memory)/' },
    },
    {
      name: 'store-imports-more-than-core',
      severity: 'error',
      from: { path: '^packages/(core|conformance|store-[^/]+)/src/', pathNot: tests },
      to: { path: '^packages/', pathNot: '^packages/($1|core)/' },
    },
    {
      name: 'past-the-public-list',
      comment: "Another package is used through its index: import from '@sess/…'.",
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: source, pathNot: ['^packages/$1/', 'src/index\\.ts$'] },
    },
    {
      name: 'published-code-imports-private-code',
      severity: 'error',
      from: { path: source, pathNot: tests },
      to: { path: ['^(bench|examples|test-support)/', '^packages/[^/]+/test/', tests] },
    },
    {
      name: 'undeclared-dependency',
      comment:
        "What a package imports stands in its own package.json; the root's devDependencies are not there for its users.",
      severity: 'error',
      from: { path: source, pathNot: tests },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined', 'unknown'] },
    },
    {
      name: 'unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Types count: a type-only import is a dependency in the published .d.ts.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
