/** A figure over several rounds. */
export interface Figure {
  readonly median: number;
  /** Half the rounds lie between these two. */
  readonly quartiles: readonly [number, number];
}

/** The median and quartiles of some measurements. */
export function summarize(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)] };
}

/** The value below which `share` of some sorted values lie; between two values where none is there, NaN for no values. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const [below = Number.NaN, above = below] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return below + (above - below) * (position - Math.floor(position));
}

/**
 * The same values in an order drawn at random. Garbage collections come after so many bytes: in a fixed order they would strike the same measurement in
 * every round, and no median would pass them over.
 */
export function shuffle<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
