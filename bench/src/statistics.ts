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

function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const [below = Number.NaN, above = below] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return below + (above - below) * (position - Math.floor(position));
}
