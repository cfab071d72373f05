const fastCheckDefault = 100;

/** How often a property runs that does not say so itself: `FC_NUM_RUNS`, or fast-check's own default. */
export function runsPerProperty(): number {
  const wanted = process.env.FC_NUM_RUNS;
  if (wanted === undefined) return fastCheckDefault;
  const runs = Number(wanted);
  if (!Number.isSafeInteger(runs) || runs < 1)
    throw new Error(`FC_NUM_RUNS is ${wanted}; it takes a whole number from 1.`);
  return runs;
}

/** `normal` runs, for a property that is too slow or too cheap for the default, scaled as `FC_NUM_RUNS` scales the rest. */
export function scaleRuns(normal: number): number {
  return Math.max(1, Math.round((normal * runsPerProperty()) / fastCheckDefault));
}
