/**
 * The promise of a verb, which remembers whether anybody observes it. The commit reports an unobserved failure, which would otherwise end
 * the process as an unhandled rejection: tutorials write `session.destroy()` without `await`.
 */
export class Settlement extends Promise<void> {
  #isObserved = false;

  // Promises derived from this one are ordinary ones.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** The settlement of `work`, which counts as handled. */
  static of(work: PromiseLike<void>): Settlement {
    const settlement = new Settlement((resolve, reject) => work.then(resolve, reject));
    Promise.prototype.then.call(settlement, undefined, () => {});
    return settlement;
  }

  /** Whether anybody has asked for the outcome, and so learns of a failure. */
  get isObserved(): boolean {
    return this.#isObserved;
  }

  // biome-ignore lint/suspicious/noThenProperty: a promise has one.
  override then<A = void, B = never>(
    // biome-ignore lint/suspicious/noConfusingVoidType: as in the signature it overrides.
    onFulfilled?: ((value: void) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#isObserved = true;
    return super.then(onFulfilled, onRejected);
  }
}
