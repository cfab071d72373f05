/** Something that was begun at one step and, if it was acknowledged, done at a later one. */
export interface Deed {
  readonly what: string;
  readonly who: string;
  readonly begin: number;
  /** The clock (epoch ms) when it was begun. */
  readonly beginTime: number;
  /** The step at which it was acknowledged; `undefined` if it was not, and then it may take effect at any time, or never. */
  end: number | undefined;
  /** The latest time the clock had shown when the deed was over, acknowledged or failed; `undefined` while it is under way. */
  endHigh: number | undefined;
  /** How often the clock had been moved on for those who waited when it was begun. */
  readonly nudges: number;
}

/** Whether the deed had surely been done before `step` began. */
export function isDoneBefore(deed: Pick<Deed, 'end'>, step: number): boolean {
  return deed.end !== undefined && deed.end < step;
}
