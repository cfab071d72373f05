import { manualClock, type SessionStore } from '@sess/core';
import fc from 'fast-check';
import type { Invariant } from '../invariants.js';
import { type KitOptions, type KitSettings, resolveSettings } from '../settings.js';
import { type MakeStore, type Opened, type StoreHarness, toHarness } from '../store/harness.js';
import type { StoreCase } from '../store/store-case.js';
import { type Abilities, type Emphasis, planArbitrary } from './arbitraries.js';
import { BrokenSchedule, play } from './play.js';
import { ScheduleViolation } from './schedule-violation.js';
import type { Plan } from './script.js';

interface ScheduleCase {
  readonly name: string;
  /** What a failure most likely breaks; the report says what it did break. */
  readonly invariant: Invariant;
  readonly emphasis: Emphasis;
  /** Why a store that goes by its own clock does not get it. */
  readonly needsClock?: boolean;
}

const nothing: Emphasis = { writes: 0, endings: 0, logins: 0, rotations: 0, time: 0, faults: 0, foreign: 0 };

const cases: readonly ScheduleCase[] = [
  {
    name: 'sessions: whoever writes at once, nothing that was acknowledged is lost',
    invariant: 'L1',
    emphasis: { ...nothing, writes: 3 },
  },
  {
    name: 'sessions: whatever is in flight, what has ended stays ended',
    invariant: 'D2',
    emphasis: { ...nothing, writes: 1, endings: 3, rotations: 1 },
  },
  {
    name: 'sessions: whoever logs in at once, old tokens are void and revoking reaches all',
    invariant: 'D5',
    emphasis: { ...nothing, writes: 1, endings: 1, logins: 3, time: 1 },
  },
  {
    name: 'sessions: whenever the clock moves, nothing lives longer or shorter than promised',
    invariant: 'E1',
    emphasis: { ...nothing, writes: 1, endings: 1, rotations: 2, time: 3 },
    needsClock: true,
  },
  {
    name: 'sessions: whatever fails or dies, every promise holds',
    invariant: 'C1',
    emphasis: { writes: 2, endings: 1, logins: 1, rotations: 1, time: 1, faults: 2, foreign: 1 },
  },
];

/**
 * Cases that play whole requests over the store under test, up to four at once, in two processes, in every order that a scheduler
 * finds, and judge what can be seen from outside. Data for any test runner, as those of `storeCases`.
 */
export function sessionCases<O extends Opened>(
  harness: StoreHarness<O> | MakeStore,
  options?: KitOptions,
): readonly StoreCase[] {
  const settings = resolveSettings(options);
  // What `open` returns is only ever handed back to the same harness.
  const erased = toHarness(harness) as StoreHarness;
  return cases.map((definition) => toCase(definition, erased, settings));
}

function toCase(definition: ScheduleCase, harness: StoreHarness, settings: KitSettings): StoreCase {
  const { name, invariant, needsClock = false } = definition;
  const why = 'It finds what no single call of a store shows: a promise of Sess that breaks through whole requests.';
  if (needsClock && harness.clock === 'server') {
    const skip = "a server's clock cannot be moved";
    return { name: `${name} [skipped: ${skip}]`, invariant, why, skip, run: async () => {} };
  }
  return { name, invariant, why, run: () => search(definition, harness, settings) };
}

async function search({ name, emphasis }: ScheduleCase, harness: StoreHarness, settings: KitSettings): Promise<void> {
  const abilities: Abilities = {
    hasIndex: harness.abilities?.includes('subjectIndex') ?? false,
    obeysClock: harness.clock !== 'server',
  };
  const property = fc.asyncProperty(planArbitrary(emphasis, abilities), fc.scheduler(), (plan, scheduler) =>
    tryPlan(plan, scheduler, harness),
  );
  const { runs: numRuns, seed } = settings;
  const details = await fc.check(property, { numRuns, seed });
  if (!details.failed) return;
  const { errorInstance: error } = details;
  if (!(error instanceof BrokenSchedule)) throw error;
  throw new ScheduleViolation(error, { caseName: name, seed });
}

async function tryPlan(plan: Plan, scheduler: fc.Scheduler, harness: StoreHarness): Promise<void> {
  const clock = manualClock(harness.clock === 'server' ? Date.now() : undefined);
  const opened = await harness.open({ clock });
  try {
    const other: SessionStore = (await harness.connect?.(opened)) ?? opened.store;
    await play(plan, scheduler, [opened.store, other], clock);
  } finally {
    await harness.dispose?.(opened);
  }
}
