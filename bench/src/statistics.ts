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

/**
 * How many times what the second adds the first adds, where both are differences to something bare: 0 if it is nothing that noise would not
 * hide. Where that holds for the second, its upper quartile stands for it; NaN if that is nothing either.
 */
export function ratioOfAdded(own: Figure, other: Figure): number {
  if (own.median <= 0) return 0;
  const divisor = other.median > 0 ? other.median : other.quartiles[1];
  return divisor > 0 ? own.median / divisor : Number.NaN;
}

function quantile(sorted: readonly number[], share: number): number {
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
