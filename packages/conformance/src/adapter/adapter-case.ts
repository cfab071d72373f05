import type { Invariant } from '../invariants.js';
import type { Scene } from './scene.js';

/** A scenario as the kit hands it out: give `run` to your test runner under `name`. */
export interface AdapterCase {
  /** Unique within the list; ends with the reason in brackets if the scenario does not apply. */
  readonly name: string;
  /** The name without a reason, as used in `AdapterHarness.exceptions`. */
  readonly scenario: string;
  /** The promise that is broken when this case fails. */
  readonly invariant: Invariant;
  /** Why the scenario exists, if the zoo of broken adapters does not show it. */
  readonly why?: string;
  /** Why the scenario does not apply, as the harness has declared; `run` then does nothing. Absent for one that runs. */
  readonly skip?: string;
  /** Resolves when the adapter does what the scenario asks; rejects with a `Violation`, whose message is a report. */
  readonly run: () => Promise<void>;
}

/** A scenario as the files of this folder write it down. */
export interface ScenarioDefinition {
  readonly name: string;
  readonly invariant: Invariant;
  readonly why?: string;
  readonly check: (scene: Scene) => Promise<void>;
}
