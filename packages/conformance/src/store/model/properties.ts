import fc from 'fast-check';
import type { KitSettings } from '../../settings.js';
import { Violation } from '../../violation.js';
import type { Attempt, SearchDefinition } from '../store-case.js';
import { burstSteps, singleSteps } from './arbitraries.js';
import { Model } from './model.js';
import type { ScriptStep } from './script.js';

/** The longest script that is tried. */
const mostSteps = 40;

export const propertyCases: readonly SearchDefinition[] = [
  {
    name: 'model: whatever is called one after another, the answers are those of the contract',
    invariant: 'contract',
    why: 'It finds the sequences that nobody thought of; the zoo shows only defects that somebody did think of.',
    search: (attempt, settings, range) => searchScripts(attempt, settings, singleSteps(range)),
  },
  {
    name: 'model: whatever is called at once, some order of the calls explains the answers',
    invariant: 'L1',
    why: 'It finds the races that nobody thought of; the zoo shows only defects that somebody did think of.',
    search: (attempt, settings, range) => searchScripts(attempt, settings, burstSteps(range)),
  },
];

async function searchScripts(
  attempt: Attempt,
  settings: KitSettings,
  steps: fc.Arbitrary<ScriptStep>[],
): Promise<void> {
  let found: Violation | undefined;
  const property = fc.asyncProperty(fc.commands(steps, { maxCommands: mostSteps, size: 'max' }), async (script) => {
    try {
      await attempt((trial) => fc.asyncModelRun(() => ({ model: new Model(), real: trial }), script));
    } catch (error) {
      // Shrinking goes on from each failure, so the last one is the shortest script.
      if (error instanceof Violation) found = error;
      throw error;
    }
  });
  const result = await fc.check(property, { numRuns: settings.runs, seed: settings.seed });
  if (!result.failed) return;
  throw found ?? result.errorInstance;
}
