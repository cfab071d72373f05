import { sessionCases } from '../schedule/session-cases.js';
import { type KitOptions, type KitSettings, resolveSettings } from '../settings.js';
import { abilityCases } from './cases/abilities.js';
import { closeCases } from './cases/close.js';
import { createCases } from './cases/create.js';
import { destroyCases } from './cases/destroy.js';
import { faultCases } from './cases/faults.js';
import { lifetimeCases } from './cases/lifetime.js';
import { raceCases } from './cases/races.js';
import { readCases } from './cases/read.js';
import { subjectIndexCases } from './cases/subject-index.js';
import { sweepCases } from './cases/sweep.js';
import { textCases } from './cases/text.js';
import { touchCases } from './cases/touch.js';
import { updateCases } from './cases/update.js';
import { valueCases } from './cases/values.js';
import { type MakeStore, type Opened, type StoreHarness, toHarness } from './harness.js';
import { propertyCases } from './model/properties.js';
import type { CaseDefinition, Need, SearchDefinition, StoreCase } from './store-case.js';
import { Trial } from './trial.js';

const definitions: readonly (CaseDefinition | SearchDefinition)[] = [
  ...createCases,
  ...readCases,
  ...updateCases,
  ...touchCases,
  ...destroyCases,
  ...lifetimeCases,
  ...textCases,
  ...valueCases,
  ...raceCases,
  ...subjectIndexCases,
  ...sweepCases,
  ...closeCases,
  ...abilityCases,
  ...faultCases,
  ...propertyCases,
];

/**
 * The cases that prove a store right, as data for any test runner:
 * `for (const { name, run } of storeCases(harness)) test(name, run)`. Those of `sessionCases` are among them, the last ones.
 *
 * A case that the harness cannot serve stays in the list: its name says why, `skip` too, and its `run` does nothing.
 * Throws a `RangeError` for options that make no sense.
 */
export function storeCases<O extends Opened>(
  harness: StoreHarness<O> | MakeStore,
  options?: KitOptions,
): readonly StoreCase[] {
  const settings = resolveSettings(options);
  // What `open` returns is only ever handed back to the same harness.
  const erased = toHarness(harness) as StoreHarness;
  const calls = definitions
    .filter((definition) => isAsked(definition, erased))
    .map((definition) => toCase(definition, erased, settings));
  // A schedule makes many calls: a quarter as many take about as long as the random scripts.
  return [...calls, ...sessionCases(erased, { ...settings, runs: Math.ceil(settings.runs / 4) })];
}

function toCase(
  definition: CaseDefinition | SearchDefinition,
  harness: StoreHarness,
  settings: KitSettings,
): StoreCase {
  const { name, invariant, why } = definition;
  const explained = why === undefined ? {} : { why };
  const skip = (definition.needs ?? []).map((need) => whyMissing(need, harness)).find((reason) => reason !== undefined);
  if (skip !== undefined)
    return { name: `${name} [skipped: ${skip}]`, invariant, ...explained, skip, run: async () => {} };
  return { name, invariant, ...explained, run: () => runDefinition(definition, harness, settings) };
}

async function runDefinition(
  definition: CaseDefinition | SearchDefinition,
  harness: StoreHarness,
  settings: KitSettings,
): Promise<void> {
  const { name, invariant } = definition;
  if ('check' in definition) return Trial.run({ name, invariant }, settings, harness, definition.check);
  const facts = { name, invariant, random: true };
  const { abilities = [], clock = 'manual' } = harness;
  await definition.search((script) => Trial.run(facts, settings, harness, script), settings, { abilities, clock });
}

function isAsked(definition: CaseDefinition | SearchDefinition, harness: StoreHarness): boolean {
  return (definition.needs ?? []).every((need) => !isAbility(need) || (harness.abilities ?? []).includes(need));
}

function isAbility(need: Need): need is 'subjectIndex' | 'sweep' | 'close' {
  return need === 'subjectIndex' || need === 'sweep' || need === 'close';
}

function whyMissing(need: Need, harness: StoreHarness): string | undefined {
  switch (need) {
    case 'manualClock':
      return harness.clock === 'server' ? "a server's clock cannot be stopped at an exact instant" : undefined;
    case 'connect':
      return harness.connect === undefined ? 'the harness has no connect()' : undefined;
    case 'crash':
      return harness.crash && harness.restart ? undefined : 'the harness has no crash() and restart()';
    case 'partition':
      return harness.partition && harness.heal ? undefined : 'the harness has no partition() and heal()';
    default:
      return undefined;
  }
}
