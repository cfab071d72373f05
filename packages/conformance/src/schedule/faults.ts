/**
 * What may go wrong with one call of the store.
 * - `before`: it fails and has no effect.
 * - `after`: it takes effect and then fails.
 * - `silent`: it takes effect and never returns.
 * - `hang`: it has no effect and never returns.
 */
export type FaultKind = 'before' | 'after' | 'silent' | 'hang';

/** A fault of the `at`th call of a schedule. */
export interface Fault {
  readonly at: number;
  readonly kind: FaultKind;
}

/** The error that a faulty call fails with. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}
