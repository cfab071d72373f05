import fc from 'fast-check';
import type { Ability } from '../harness.js';
import { BurstStep, CallStep, type PlannedCall, type ScriptStep, TimeStep } from './script.js';

/** What a script may do: the abilities of the store, and whether the clock can be moved. */
export interface ScriptRange {
  readonly abilities: readonly Ability[];
  readonly clock: 'manual' | 'server';
}

// Few of each, so that calls meet; the hostile ones have cases of their own.
const id = fc.constantFrom('a', 'A', '__proto__');
const subject = fc.constantFrom('ann', 'Ann');
const body = fc.constantFrom('', 'x', '\u00e9\u{1f600}');
const version = fc.integer({ min: 2, max: 4 });

/** Single calls and moves of the clock, backwards too. */
export function singleSteps(range: ScriptRange): fc.Arbitrary<ScriptStep>[] {
  const call = plannedCall(range).map((planned) => new CallStep(planned));
  return range.clock === 'server' ? [call] : [call, call, call, timeStep()];
}

/** Several concurrent calls, single ones in between. */
export function burstSteps(range: ScriptRange): fc.Arbitrary<ScriptStep>[] {
  const planned = plannedCall(range);
  const burst = fc.array(planned, { minLength: 2, maxLength: 4 }).map((calls) => new BurstStep(calls));
  return [burst, burst, planned.map((call) => new CallStep(call))];
}

function plannedCall({ abilities, clock }: ScriptRange): fc.Arbitrary<PlannedCall> {
  // Real time passes during a script, so nothing there may depend on an instant.
  const life =
    clock === 'server' ? fc.constantFrom(-60_000, 60_000, 120_000) : fc.constantFrom(-1, 0, 1, 2, 1_000, 1_001, 60_000);
  const write = { id, subject: fc.option(subject, { nil: undefined }), version, life, body };
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ method: fc.constant('create' as const), ...write }).map(dropMissingSubject) },
    { weight: 4, arbitrary: fc.record({ method: fc.constant('update' as const), ...write }).map(dropMissingSubject) },
    { weight: 2, arbitrary: fc.record({ method: fc.constant('touch' as const), id, life }) },
    { weight: 3, arbitrary: fc.record({ method: fc.constant('read' as const), id }) },
    { weight: 2, arbitrary: fc.record({ method: fc.constant('destroy' as const), id }) },
    ...(abilities.includes('subjectIndex')
      ? [{ weight: 3, arbitrary: fc.record({ method: fc.constant('list' as const), subject }) }]
      : []),
    ...(abilities.includes('sweep')
      ? [
          {
            weight: 2,
            arbitrary: fc.record({ method: fc.constant('sweep' as const), limit: fc.constantFrom(1, 2, 10) }),
          },
        ]
      : []),
  );
}

function timeStep(): fc.Arbitrary<ScriptStep> {
  return fc.constantFrom(1, 1, 2, 999, 1_000, 60_000, -1, -1_000).map((ms) => new TimeStep(ms));
}

function dropMissingSubject<T extends { readonly subject: string | undefined }>(
  planned: T,
): Omit<T, 'subject'> & { subject?: string } {
  const { subject: given, ...rest } = planned;
  return given === undefined ? rest : { ...rest, subject: given };
}
