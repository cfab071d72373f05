/** How thorough a run of the kit is. */
export interface KitOptions {
  /** `full` (the default) for a pipeline, `quick` for every save. They run the same cases; `quick` tries fewer random ones. */
  readonly profile?: 'full' | 'quick';
  /** The seed of all random choices. Default: the environment's `FC_SEED`, else one drawn for this run. */
  readonly seed?: number;
  /** How many random scripts each property tries. Default: the environment's `FC_NUM_RUNS`, else what the profile says. */
  readonly runs?: number;
}

/** The options with every default filled in. */
export interface KitSettings {
  readonly profile: 'full' | 'quick';
  readonly seed: number;
  readonly runs: number;
}

const defaultRuns = { full: 400, quick: 40 } as const;

/** Fills in the defaults; throws a `RangeError` for a seed or a number of runs that is not a whole number. */
export function resolveSettings(options: KitOptions = {}): KitSettings {
  const { profile = 'full' } = options;
  const seed = options.seed ?? readEnvironment('FC_SEED') ?? Math.floor(Math.random() * 0x7fff_ffff);
  const runs = options.runs ?? readEnvironment('FC_NUM_RUNS') ?? defaultRuns[profile];
  if (!Number.isSafeInteger(seed)) throw new RangeError(`The seed must be a whole number, not ${seed}.`);
  if (!Number.isSafeInteger(runs) || runs < 1)
    throw new RangeError(`The runs must be a whole number from 1, not ${runs}.`);
  return { profile, seed, runs };
}

function readEnvironment(name: string): number | undefined {
  const text = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.[name];
  return text === undefined || text === '' ? undefined : Number(text);
}
