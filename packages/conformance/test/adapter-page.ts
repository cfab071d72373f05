import type { AdapterCase } from '@sess/conformance';
import type { BrokenAdapter } from './adapter-zoo/broken-adapter.js';

/** How one adapter has fared, by scenario. */
export interface Column {
  readonly adapter: string;
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

/** Whether a scenario was gone through, or why it does not apply. */
export type Outcome = 'passed' | 'failed' | { readonly skip: string };

/** Runs an adapter's cases, one after the other. */
export async function runColumn(adapter: string, cases: readonly AdapterCase[]): Promise<Column> {
  const outcomes = new Map<string, Outcome>();
  for (const { scenario, skip, run } of cases) {
    const ran = run().then(
      () => 'passed' as const,
      () => 'failed' as const,
    );
    outcomes.set(scenario, skip === undefined ? await ran : { skip });
  }
  return { adapter, outcomes };
}

/** The page docs/adapters.md, from what has really happened. */
export function writeAdapterPage(
  columns: readonly Column[],
  cases: readonly AdapterCase[],
  zoo: readonly BrokenAdapter[],
): string {
  const notes: string[] = [];
  const whys = cases.filter(({ why }) => why !== undefined);
  const scenarios = [...(columns[0]?.outcomes.keys() ?? [])];
  const rows = scenarios.map((scenario) => {
    const cells = columns.map(({ outcomes }) => writeOutcome(outcomes.get(scenario), notes));
    return `| ${scenario} | ${cells.join(' | ')} |`;
  });
  return `# The adapters, and what each has gone through

<!-- Written by packages/conformance/test/adapter-page.test.ts: UPDATE_ADAPTER_TABLE=1 npx vitest run packages/conformance/test/adapter-page -->

One list of ${scenarios.length} scenarios, \`adapterCases\` of \`@sess/conformance\`, runs unchanged over real HTTP against every adapter. ✓ is a scenario
that was gone through; a number stands for the reason why the adapter has declared that it does not apply. To put an adapter of your own through
it, copy one of the harnesses, such as \`packages/express/test/harness.ts\`: it is about forty lines.

| scenario | ${columns.map(({ adapter }) => adapter).join(' | ')} |
|---|${columns.map(() => ':-:|').join('')}
${rows.join('\n')}

${notes.map((note, index) => `${index + 1}. ${note}.`).join('\n')}

## Broken adapters, and the scenario that catches each

The list itself is tested against ${zoo.length} adapters that are each broken in one way, and each is caught. Without any one scenario some broken
adapter would pass, or the scenario says below why it stays.

| this adapter … | is | caught by |
|---|---|---|
${zoo.map(({ name, defect, caughtBy }) => `| ${defect} | \`${name}\` | ${caughtBy} |`).join('\n')}

| scenario that no broken adapter needs | why it stays |
|---|---|
${whys.map(({ scenario, why }) => `| ${scenario} | ${why} |`).join('\n')}
`;
}

function writeOutcome(outcome: Outcome | undefined, notes: string[]): string {
  if (outcome === 'passed') return '✓';
  if (outcome === 'failed' || outcome === undefined) return '**fails**';
  if (!notes.includes(outcome.skip)) notes.push(outcome.skip);
  return String(notes.indexOf(outcome.skip) + 1);
}
