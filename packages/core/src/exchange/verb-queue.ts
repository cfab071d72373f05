import type { EventHub } from '../events.js';
import { chain, type Flow, isPromiseLike, run } from '../flow.js';
import type { Awaitable } from '../store.js';
import { Settlement } from './settlement.js';

/** Runs the verbs of one exchange one at a time, in the order they were called. */
export class VerbQueue {
  #isUnused = true;
  #last: PromiseLike<void> | undefined;
  #failures: { readonly settlement: Settlement; readonly error: unknown }[] = [];
  #events: EventHub | undefined;

  /** Whether no verb has been called. */
  get isUnused(): boolean {
    return this.#isUnused;
  }

  /** Starts the verb, immediately if none is running. */
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

  /** Waits until no verb is running, then throws the first failure that nobody has observed. */
  drain(): Awaitable<void> {
    if (this.#last !== undefined) return chain(this.#last, () => this.drain());
    if (this.#failures.length === 0) return;
    const unobserved = this.#failures.find(({ settlement }) => !settlement.isObserved);
    this.#failures = [];
    if (unobserved !== undefined) throw unobserved.error;
  }

  /** Waits until no verb is running. */
  whenIdle(): Awaitable<void> {
    if (this.#last !== undefined) return chain(this.#last, () => this.whenIdle());
  }

  /** Makes later verbs wait for `work`, which is not a verb and whose failure is its caller's concern. */
  occupy(work: Awaitable<void>): Awaitable<void> {
    if (isPromiseLike(work)) this.#occupy(work.then(undefined, () => {}));
    return work;
  }

  /** From now on, an unobserved failure is emitted as an event: no later `drain` will throw it. */
  reportTo(events: EventHub): void {
    this.#events = events;
  }

  #follow(work: PromiseLike<void>): Settlement {
    const settlement = Settlement.of(work);
    this.#occupy(work.then(undefined, (error: unknown) => void this.#fail(settlement, error)));
    return settlement;
  }

  #occupy(work: PromiseLike<void>): void {
    const done = work.then(() => {
      if (this.#last === done) this.#last = undefined;
    });
    this.#last = done;
  }

  #fail(settlement: Settlement, error: unknown): Settlement {
    this.#failures.push({ settlement, error });
    const events = this.#events;
    if (events !== undefined) afterLooking(() => settlement.isObserved || events.emit('error', { error }));
    return settlement;
  }
}

/** Calls `check` once a caller has had the time to await its verb: two turns of the microtask queue. */
function afterLooking(check: () => void): void {
  void Promise.resolve()
    .then(() => {})
    .then(check);
}
