/** The limits of a session's life, in ms. */
export interface LifePolicy {
  readonly idleTimeout: number;
  readonly absoluteTimeout: number;
  readonly touchEvery: number;
}

/** The limits in force in a schedule, in ms. */
export interface TimePolicy extends LifePolicy {
  /** Those of sessions whose login has asked that they be remembered: each longer than the ordinary one. */
  readonly remember: LifePolicy;
  readonly rotateGrace: number;
  readonly storeTimeout: number;
}
