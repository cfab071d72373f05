import { type Invariant, invariants } from './invariants.js';

/** What a failed case has to say. All of it is text for people. */
export interface Finding {
  readonly invariant: Invariant;
  /** The name of the case. */
  readonly caseName: string;
  /** What was done, one line a step. */
  readonly steps: readonly string[];
  readonly expected: string;
  readonly cameBack: string;
  /** The seed that repeats a case with random choices; absent for one without. */
  readonly seed?: number;
}

/** How many of the first and of the last steps a report shows, when there are more than both together. */
const shownFirst = 8;
const shownLast = 16;

/** Thrown by a case that fails. The message is the whole report: invariant, steps, expectation, outcome, seed. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly finding: Finding;

  constructor(finding: Finding, options?: { readonly cause?: unknown }) {
    super(writeReport(finding), options);
    this.finding = finding;
  }
}

function writeReport(finding: Finding): string {
  const { invariant, caseName, steps, expected, cameBack, seed } = finding;
  return [
    `${invariant} broken: ${invariants[invariant]}.`,
    `Case:      ${caseName}`,
    ...(steps.length === 0 ? [] : ['Done:', ...shorten(steps).map((step) => `  ${step}`)]),
    `Expected:  ${expected}`,
    `Came back: ${cameBack}`,
    ...(seed === undefined ? [] : [`Seed:      ${seed} (FC_SEED=${seed} repeats it)`]),
  ].join('\n');
}

function shorten(steps: readonly string[]): string[] {
  const numbered = steps.map((step, index) => `${index + 1}. ${step}`);
  if (numbered.length <= shownFirst + shownLast) return numbered;
  const left = numbered.length - shownFirst - shownLast;
  return [...numbered.slice(0, shownFirst), `… ${left} more …`, ...numbered.slice(-shownLast)];
}
