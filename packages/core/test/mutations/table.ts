import { invariants } from '@sess/conformance';
import type { Mutation } from './mutation.js';

/** The numbers of all that Sess promises. */
export const promised = (Object.keys(invariants) as (keyof typeof invariants)[]).filter((key) => key !== 'contract');

const introduction = `# Invariants, and what proves them

What Sess promises, by number. "Never" and "nothing" mean: in any order of requests, in any process, after any crash. Tests and the reports of
\`@sess/conformance\` name the number of the promise they are about.
`;

const breaksIntroduction = `
## The tests that hold them

For each invariant, deliberate breaks of \`@sess/core\` and the test that turns red when the break is made. \`npm run test:mutations\` makes
every one of them in a copy of the sources, runs its test, fails if one stays green, and writes this page. An ordinary test checks that the
page is up to date and that every text to be replaced still stands in the sources.

Tests named \`sessions: …\` play whole requests, up to four at once in two processes, in orders that fast-check's scheduler chooses. Between
any two calls of the store anything else may happen; calls fail before or after they take effect, or never answer; processes die. An
ordinary run plays 10,000 such schedules on the memory store, \`npm run test:long\` twenty times as many.
`;

/** The page of documentation that says what is promised and lists the breaks. */
export function describeMutations(mutations: readonly Mutation[]): string {
  const promises = promised.map((number) => `| ${number} | ${invariants[number]} |`);
  const rows = [...mutations].sort(compare).map((mutation) => {
    const { invariant, breaks, file, test, name } = mutation;
    return `| ${invariant === 'limit' ? '`maxPerSubject`' : invariant} | ${breaks} | \`${file}\` | \`${test}\`: ${name.replaceAll('|', '\\|')} |`;
  });
  return [
    introduction,
    '| invariant | what holds |\n|---|---|',
    ...promises,
    breaksIntroduction,
    '| invariant | what is broken | where | test that turns red |\n|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const order = 'EDLSCl';

function compare(a: Mutation, b: Mutation): number {
  const byLetter = order.indexOf(a.invariant.charAt(0)) - order.indexOf(b.invariant.charAt(0));
  return byLetter !== 0 ? byLetter : a.invariant.localeCompare(b.invariant);
}
