import type { Mutation } from './mutation.js';

const introduction = `# Invariants, and what proves them

Each invariant has a number; what it says stands in the comments of \`packages/conformance/src/invariants.ts\`. Below, for each, are deliberate
breaks of \`@sess/core\` and the test that turns red when the break is made. \`npm run test:mutations\` makes every one of them in a copy of the
sources, runs its test, fails if one stays green, and writes this page. An ordinary test checks that the page says what the list in
\`packages/core/test/mutations\` says, and that every text to be replaced still stands in the sources.

Tests named \`sessions: …\` play whole requests, up to four at once in two processes, in orders that fast-check's scheduler chooses, with every
call of the store a point where anything else may happen, and calls that fail before or after they take effect, that never answer, and
processes that die. An ordinary run plays 10,000 such schedules on the memory store, \`npm run test:long\` twenty times as many.

| invariant | what is broken | where | test that turns red |
|---|---|---|---|
`;

/** The page of documentation that lists the breaks. */
export function describeMutations(mutations: readonly Mutation[]): string {
  const rows = [...mutations].sort(compare).map((mutation) => {
    const { invariant, breaks, file, test, name } = mutation;
    return `| ${invariant === 'limit' ? '`maxPerSubject`' : invariant} | ${breaks} | \`${file}\` | \`${test}\`: ${name.replaceAll('|', '\\|')} |`;
  });
  return `${introduction}${rows.join('\n')}\n`;
}

const order = 'EDLSCl';

function compare(a: Mutation, b: Mutation): number {
  const byLetter = order.indexOf(a.invariant.charAt(0)) - order.indexOf(b.invariant.charAt(0));
  return byLetter !== 0 ? byLetter : a.invariant.localeCompare(b.invariant);
}
