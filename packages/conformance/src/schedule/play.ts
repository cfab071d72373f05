import type { ManualClock, SessionStore } from '@sess/core';
import type { Scheduler } from 'fast-check';
import type { Breach } from './chronicle.js';
import { checkLeftovers, checkPoisoned, runLane } from './lanes.js';
import { runVisit } from './run-visit.js';
import { type Plan, plainVisit, type VisitScript } from './script.js';
import { type Browser, World } from './world.js';

/** A schedule that broke an invariant: which one, and everything that happened until then. */
export class BrokenSchedule extends Error {
  override readonly name = 'BrokenSchedule';
  readonly breach: Breach;
  readonly story: readonly string[];

  constructor(breach: Breach, story: readonly string[]) {
    super(`${breach.invariant} is broken: expected ${breach.expected}, got ${breach.got}`);
    this.breach = breach;
    this.story = story;
  }
}

/**
 * Plays one plan in the order the scheduler chooses, with a process for each of the stores, which share their data and go by `clock`.
 * Rejects with `BrokenSchedule` if an invariant does not hold.
 */
export async function play(
  plan: Plan,
  scheduler: Scheduler,
  stores: readonly [SessionStore, ...SessionStore[]],
  clock: ManualClock,
): Promise<void> {
  const world = new World(plan, stores, clock, scheduler);
  const first: Browser = { token: undefined };
  await untilIdle(world, [runLane(world, 'prelude', plan.prelude, first)]);
  world.hasFaults = true;
  await untilIdle(
    world,
    plan.lanes.map((actions, i) =>
      runLane(world, String.fromCharCode(65 + i), actions, plan.hasOneBrowser ? first : { ...first }),
    ),
  );
  world.hasFaults = false;
  await audit(world);
  const { breach } = world.chronicle;
  if (breach === undefined) return;
  throw new BrokenSchedule(breach, world.chronicle.tell());
}

/** How often the clock is moved on for those who wait for it. */
const mostNudges = 8;

async function untilIdle(world: World, lanes: readonly Promise<void>[]): Promise<void> {
  let isDone = false;
  const all = Promise.all(lanes).then(() => {
    isDone = true;
  });
  for (let nudges = 0; ; nudges++) {
    await Promise.race([world.play(), all.then(() => world.play())]);
    if (isDone) return all;
    if (world.chronicle.breach !== undefined || !world.plan.isPatient) return;
    if (nudges >= mostNudges)
      return world.chronicle.report('C2', 'every request ends, with an error at least', 'some are still waiting');
    // Those that are left wait for an answer that never comes, or are backing off.
    world.nudge();
  }
}

const look: VisitScript = { ...plainVisit, end: 'aborted' };

/** At the end, shows every token ever issued once more, newest first, and looks at what the store holds. */
async function audit(world: World): Promise<void> {
  for (const [i, { text }] of [...world.tokens].reverse().entries()) {
    if (world.chronicle.breach !== undefined) return;
    await untilIdle(world, [runVisit(world, `audit${i + 1}`, look, { token: text })]);
  }
  await checkPoisoned(world);
  await checkLeftovers(world);
}
