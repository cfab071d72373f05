import { type Flow, isPromiseLike, run, wait } from '../flow.js';
import type { Awaitable } from '../store.js';
import { Settlement } from './settlement.js';

/** Carries out the verbs of one exchange one after the other, in the order they were called. */
export class VerbQueue {
  #isUnused = true;
  #last: PromiseLike<void> | undefined;
  #failures: { readonly settlement: Settlement; readonly error: unknown }[] = [];

  /** Whether no verb has been called. */
  get isUnused(): boolean {
    return this.#isUnused;
  }

  /** Starts the verb, at once if none is under way. */
  add(verb: () => Flow<void>): Promise<void> {
    this.#isUnused = false;
    let work: Awaitable<void>;
    try {
      work = this.#last === undefined ? run(verb()) : this.#last.then(() => run(verb()));
    } catch (error) {
      return this.#fail(Settlement.of(Promise.reject(error)), error);
    }
    return isPromiseLike(work) ? this.#follow(work) : Promise.resolve();
  }

  /** Waits until no verb is under way, then throws the first failure that nobody has looked at. */
  *drain(): Flow<void> {
    while (this.#last !== undefined) yield* wait(this.#last);
    const unobserved = this.#failures.find(({ settlement }) => !settlement.isObserved);
    this.#failures = [];
    if (unobserved !== undefined) throw unobserved.error;
  }

  #follow(work: PromiseLike<void>): Settlement {
    const settlement = Settlement.of(work);
    const done = work
      .then(undefined, (error: unknown) => void this.#fail(settlement, error))
      .then(() => {
        if (this.#last === done) this.#last = undefined;
      });
    this.#last = done;
    return settlement;
  }

  #fail(settlement: Settlement, error: unknown): Settlement {
    this.#failures.push({ settlement, error });
    return settlement;
  }
}
