/** The limits in force in a schedule, in ms. */
export interface TimePolicy {
  readonly idleTimeout: number;
  readonly absoluteTimeout: number;
  readonly touchEvery: number;
  readonly rotateGrace: number;
  readonly storeTimeout: number;
}
