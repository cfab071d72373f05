/** One part of the results, as it is printed, kept and published. */
export interface Section {
  readonly title: string;
  /** Markdown: how it was measured and what was found. */
  readonly text: string;
  /** All figures, for `results/latest.json`. */
  readonly figures: unknown;
  readonly goals: readonly Goal[];
  readonly plots?: readonly Plot[];
}

/** A figure beside the one that was aimed at. */
export interface Goal {
  /** Names the goal, to explain it. */
  readonly id: string;
  readonly what: string;
  /** NaN if nothing was measured, or nothing that can be told from noise. */
  readonly reached: number;
  /** Where the true figure lies in nine of ten cases; absent where `reached` was counted, or is taken as it is. */
  readonly interval?: readonly [number, number];
  readonly atMost: number;
  /** What a hand-written handler reaches that does the least; absent where there is none. An aim below it is out of reach. */
  readonly floor?: number;
  readonly unit: 'ratio' | 'µs' | 'KB' | 'ms' | 'B' | 'count';
}

/** A bar chart: one bar per row, grouped by `group`. */
export interface Plot {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly {
    readonly group: string;
    readonly name: string;
    readonly value: number;
    readonly quartiles?: readonly [number, number];
  }[];
}

export type Verdict = 'reached' | 'not reached' | 'undetermined';

/** Whether a goal was reached. It was, or was not, only if that holds for all of its interval: noise is neither success nor failure. */
export function verdictOf({ reached, atMost, interval: [low, high] = [reached, reached] }: Goal): Verdict {
  if (high <= atMost) return 'reached';
  return low > atMost ? 'not reached' : 'undetermined';
}
