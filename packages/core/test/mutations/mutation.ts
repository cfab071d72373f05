/** A deliberate break of the core, and the test that must notice it. */
export interface Mutation {
  /** The number of the invariant that it breaks, or `limit` for `maxPerSubject`, which has none. */
  readonly invariant: string;
  /** What the break does, in words. */
  readonly breaks: string;
  /** The file below `packages/core/src`. */
  readonly file: string;
  /** A text that stands exactly once in the file. */
  readonly replace: string;
  readonly by: string;
  /** The test file, below `packages/core`. */
  readonly test: string;
  /** A part of the name of the test, or tests, of which one at least must fail. */
  readonly name: string;
}

/** Where the tests are that notice most of the breaks, and how their cases are called. */
export const tests = {
  writes: { test: 'test/invariants.prop.test.ts', name: 'nothing that was acknowledged is lost' },
  endings: { test: 'test/invariants.prop.test.ts', name: 'what has ended stays ended' },
  logins: { test: 'test/invariants.prop.test.ts', name: 'old tokens are void' },
  time: { test: 'test/invariants.prop.test.ts', name: 'nothing lives longer or shorter' },
  faults: { test: 'test/invariants.prop.test.ts', name: 'every promise holds' },
  sequences: { test: 'test/sequences.prop.test.ts', name: 'isPersistent: true, isAsync: false' },
} as const;

/** A test of one of the files in `test/`. */
export function inTest(file: string, name: string): Pick<Mutation, 'test' | 'name'> {
  return { test: `test/${file}.test.ts`, name };
}

/** A test that stands beside the source file. */
export function inSource(file: string, name: string): Pick<Mutation, 'test' | 'name'> {
  return { test: `src/${file}.test.ts`, name };
}
