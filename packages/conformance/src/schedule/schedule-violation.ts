import { invariants } from '../invariants.js';
import { Violation } from '../violation.js';
import type { BrokenSchedule } from './play.js';

/** Where a schedule was found, so that it can be played again. */
export interface Finder {
  readonly caseName: string;
  readonly seed: number;
}

/** A `Violation` found by playing schedules. Its message tells the whole story: leaving out a line would leave out a turn. */
export class ScheduleViolation extends Violation {
  constructor({ breach, story }: BrokenSchedule, { caseName, seed }: Finder) {
    const { invariant, expected, got } = breach;
    super({ invariant, caseName, steps: story, expected, cameBack: got, seed });
    this.message = [
      `${invariant} broken: ${invariants[invariant]}.`,
      `Case:      ${caseName}`,
      `Expected:  ${expected}`,
      `Came back: ${got}`,
      `Seed:      ${seed} (FC_SEED=${seed} repeats it)`,
      'Done, by step, ms on the clock, and who:',
      ...story,
      '',
    ].join('\n');
  }
}
