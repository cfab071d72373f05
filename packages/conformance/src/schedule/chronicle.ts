import type { Clock } from '@sess/core';
import type { Invariant } from '../invariants.js';

/** What was expected of an invariant, and what was seen instead. */
export interface Breach {
  readonly invariant: Invariant;
  readonly expected: string;
  readonly got: string;
}

interface Line {
  readonly step: number;
  readonly time: number;
  readonly who: string;
  readonly what: string;
  readonly detail: unknown;
}

/** What happened in one schedule, in order, and the first invariant that was broken by it. */
export class Chronicle {
  readonly #clock: Clock;
  readonly #start: number;
  readonly #lines: Line[] = [];
  readonly #names = new Map<string, string>();
  #step = 0;
  #breach: Breach | undefined;
  /** The latest time (epoch ms) that the clock has shown. */
  #high: number;

  /** A chronicle that tells times as ms since it was begun. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = clock.now();
    this.#high = this.#start;
  }

  /** The number of the present step. */
  get step(): number {
    return this.#step;
  }

  /** The first breach that was reported; `undefined` while every invariant holds. */
  get breach(): Breach | undefined {
    return this.#breach;
  }

  get now(): number {
    return this.#clock.now();
  }

  get high(): number {
    return this.#high;
  }

  /** Looks at the clock, which has just been moved. */
  see(): void {
    this.#high = Math.max(this.#high, this.#clock.now());
  }

  /** Begins the next step and returns its number. */
  tick(): number {
    this.#step += 1;
    return this.#step;
  }

  /** Writes a line; `detail` is formatted only if the story is told. */
  note(who: string, what: string, detail?: unknown): void {
    this.#lines.push({ step: this.#step, time: this.#clock.now() - this.#start, who, what, detail });
  }

  /** Gives a long text, such as a session's id, a short name in the story. */
  name(text: string, name: string): void {
    this.#names.set(text, name);
  }

  /** Reports that an invariant does not hold. Only the first report counts: the others may be its consequences. */
  report(invariant: Invariant, expected: string, got: string): void {
    if (this.#breach !== undefined) return;
    this.#breach = { invariant, expected: this.#shorten(expected), got: this.#shorten(got) };
    this.note('', `*** ${invariant} broken here`);
  }

  /** Everything that happened, a line each: step, ms since the beginning, who, what. */
  tell(): readonly string[] {
    return this.#lines.map(({ step, time, who, what, detail }) => {
      const words = detail === undefined ? '' : ` ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`;
      return `${String(step).padStart(4)} ${`${time}ms`.padStart(9)}  ${who.padEnd(6)} ${this.#shorten(what + words)}`;
    });
  }

  #shorten(text: string): string {
    let shortened = text;
    // Longer texts first: a token contains the id of its session.
    const names = [...this.#names].sort(([a], [b]) => b.length - a.length);
    for (const [long, short] of names) shortened = shortened.replaceAll(long, short);
    return shortened;
  }
}
