import type { AdapterCase, ScenarioDefinition } from './adapter-case.js';
import { cookieScenarios } from './cases/cookies.js';
import { endingScenarios } from './cases/endings.js';
import { failureScenarios } from './cases/failures.js';
import { headScenarios } from './cases/heads.js';
import { streamScenarios } from './cases/streams.js';
import { visitScenarios } from './cases/visits.js';
import type { AdapterHarness } from './harness.js';
import { Scene } from './scene.js';

const definitions: readonly ScenarioDefinition[] = [
  ...visitScenarios,
  ...headScenarios,
  ...streamScenarios,
  ...failureScenarios,
  ...endingScenarios,
  ...cookieScenarios,
];

/**
 * The scenarios that prove an adapter right, over real HTTP, as data for any test runner:
 * `for (const { name, run } of adapterCases(harness)) test(name, run)`.
 *
 * A scenario that the harness declares not to apply stays in the list: its name says why, `skip` too, and its `run` does
 * nothing. Throws a `RangeError` for an exception that names no scenario.
 */
export function adapterCases(harness: AdapterHarness): readonly AdapterCase[] {
  const exceptions = new Map(Object.entries(harness.exceptions ?? {}));
  const cases = definitions.map((definition) => toCase(definition, harness, exceptions.get(definition.name)));
  for (const { scenario } of cases) exceptions.delete(scenario);
  if (exceptions.size > 0) {
    throw new RangeError(`There are no scenarios of these names: ${[...exceptions.keys()].join('; ')}`);
  }
  return cases;
}

function toCase(definition: ScenarioDefinition, harness: AdapterHarness, skip?: string): AdapterCase {
  const { name, invariant, why, check } = definition;
  const facts = { scenario: name, invariant, ...(why === undefined ? {} : { why }) };
  if (skip !== undefined) return { ...facts, name: `${name} [skipped: ${skip}]`, skip, run: async () => {} };
  return { ...facts, name, run: () => Scene.run({ name, invariant }, harness, check) };
}
