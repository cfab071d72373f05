import type { Invariant } from '../invariants.js';
import type { KitSettings } from '../settings.js';
import type { Ability } from './harness.js';
import type { ScriptRange } from './model/arbitraries.js';
import type { Trial } from './trial.js';

/** A case as the kit hands it out: give `run` to your test runner under `name`. */
export interface StoreCase {
  /** Unique within the kit; ends with the reason in brackets if the case is skipped. */
  readonly name: string;
  /** The promise that is broken when this case fails. */
  readonly invariant: Invariant;
  /** Why the case exists, if the zoo of broken stores does not show it. */
  readonly why?: string;
  /** Why this harness does not get the case; `run` then does nothing. Absent for a case that runs. */
  readonly skip?: string;
  /** Resolves when the store does what the case asks; rejects with a `Violation`, whose message is a report. */
  readonly run: () => Promise<void>;
}

/** What a case cannot do without. Cases for an ability that is not declared do not exist; for the rest they are skipped. */
export type Need = Ability | 'manualClock' | 'connect' | 'crash' | 'partition';

/** A case as the files of this folder write it down. */
export interface CaseDefinition {
  readonly name: string;
  readonly invariant: Invariant;
  readonly needs?: readonly Need[];
  readonly why?: string;
  readonly check: (trial: Trial) => Promise<void>;
}

/** A case that makes many trials itself, each on a fresh store. */
export interface SearchDefinition extends Omit<CaseDefinition, 'check'> {
  readonly search: (attempt: Attempt, settings: KitSettings, range: ScriptRange) => Promise<void>;
}

/** Runs a script on a fresh store and throws a `Violation` if it fails. */
export type Attempt = (script: (trial: Trial) => Promise<void>) => Promise<void>;
