import { readFileSync, writeFileSync } from 'node:fs';
import { type StoreCase, storeCases, Violation } from '@sess/conformance';
import { beforeAll, describe, expect, it } from 'vitest';
import { harnessOf, PlainStore } from './zoo/plain-store.js';
import { zoo } from './zoo/zoo.js';
import { writeZooTable } from './zoo/zoo-table.js';

const table = new URL('../../../docs/conformance-zoo.md', import.meta.url);

/** The cases without the random ones: what these find is found in every run. */
function examplesOf(harness: Parameters<typeof storeCases>[0]): readonly StoreCase[] {
  return storeCases(harness, { profile: 'quick', runs: 1 }).filter(
    ({ name }) => !name.startsWith('model: ') && !name.startsWith('sessions: '),
  );
}

const plain = examplesOf(harnessOf((disk, clock) => new PlainStore(disk, clock)));

describe('the zoo of broken stores', () => {
  const caughtBy = new Map<string, readonly string[]>();

  beforeAll(async () => {
    for (const { name, harness } of zoo) caughtBy.set(name, await findViolations(examplesOf(harness)));
  });

  // What the inhabitants are made from must be right, or their defects would not be what is caught.
  it.each(plain)('finds nothing wrong with a correct store: $name', ({ run }) => run());

  it('has inhabitants with names of their own', () => {
    expect(new Set(zoo.map(({ name }) => name)).size).toBe(zoo.length);
    expect(zoo.length).toBeGreaterThanOrEqual(25);
  });

  it.each(zoo)('catches $name, which $defect', ({ name }) => {
    expect(caughtBy.get(name)).not.toEqual([]);
  });

  it.each(plain)('would miss an inhabitant without "$name", or says why it stays', ({ name, why }) => {
    const onlyHere = [...caughtBy].filter(([, cases]) => cases.length === 1 && cases[0] === name);
    if (why === undefined) expect(onlyHere).not.toEqual([]);
    else expect(onlyHere).toEqual([]);
  });

  it('is counted right in the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`[${zoo.length} stores, each broken in one way]`);
  });

  it('has its table in the docs', () => {
    const text = writeZooTable(plain, zoo, caughtBy);
    if (process.env.UPDATE_ZOO_TABLE === '1') writeFileSync(table, text);
    expect(readFileSync(table, 'utf8'), 'UPDATE_ZOO_TABLE=1 npx vitest run packages/conformance writes it anew').toBe(
      text,
    );
  });
});

/** The names of the cases that fail, each of which must fail with a report and not with some other error. */
async function findViolations(cases: readonly StoreCase[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of cases) {
    try {
      await run();
    } catch (error) {
      expect(error).toBeInstanceOf(Violation);
      failed.push(name);
    }
  }
  return failed;
}
