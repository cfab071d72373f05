import type { State } from './names.js';

/** How many records are remembered, in some 300 bytes each. */
const mostRemembered = 10_000;

/**
 * The state in which this process last saw each record, so that a read can look there first. It may have ended by now, but
 * then for good: if a file of its name is still there, the record is in this state.
 */
export class LastSeen {
  readonly #states = new Map<string, State>();

  /** By a record's encoded name; `undefined` when it was never seen, or long ago. */
  get(name: string): State | undefined {
    return this.#states.get(name);
  }

  set(name: string, state: State): void {
    const oldest = this.#states.size >= mostRemembered ? this.#states.keys().next().value : undefined;
    if (oldest !== undefined && !this.#states.has(name)) this.#states.delete(oldest);
    this.#states.set(name, state);
  }

  delete(name: string): void {
    this.#states.delete(name);
  }
}
