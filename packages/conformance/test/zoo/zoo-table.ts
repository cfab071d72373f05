import type { StoreCase } from '@sess/conformance';
import type { Inhabitant } from './inhabitant.js';

/** The page docs/conformance-zoo.md, from what was really caught. */
export function writeZooTable(
  cases: readonly StoreCase[],
  zoo: readonly Inhabitant[],
  caughtBy: ReadonlyMap<string, readonly string[]>,
): string {
  const found = zoo.map(({ name, defect }) => ({ name, defect, cases: caughtBy.get(name) ?? [] }));
  const caught = found.filter((one) => one.cases.length > 0).length;
  const explained = cases.filter(({ why }) => why !== undefined);
  return `# The zoo: broken stores, and the case that catches each

<!-- Written by packages/conformance/test/zoo.test.ts: UPDATE_ZOO_TABLE=1 npx vitest run packages/conformance/test/zoo.test.ts -->

\`@sess/conformance\` is tested against stores that are each broken in one way. **${caught} of ${zoo.length} are caught** by its
${cases.length} example cases; the two model properties and the five schedules of whole sessions, which are random, are left out here, so that nothing below depends on luck.

| this store … | is | caught by |
|---|---|---|
${found.map(({ name, defect, cases: by }) => `| ${escapeCell(defect)} | \`${name}\` | ${describeCatch(by)} |`).join('\n')}

## Cases that no inhabitant needs

Each case above that stands alone in its row is needed: without it, that store would pass. ${cases.length - explained.length} of the ${cases.length} cases are
needed so. The others stay for a reason:

| case | why it stays |
|---|---|
${explained.map(({ name, why }) => `| ${escapeCell(name)} | ${escapeCell(why ?? '')} |`).join('\n')}
`;
}

function describeCatch(cases: readonly string[]): string {
  const [first, ...more] = cases;
  if (first === undefined) return '**nothing**';
  return more.length === 0 ? escapeCell(first) : `${escapeCell(first)} (and ${more.length} more)`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('<', '&lt;');
}
