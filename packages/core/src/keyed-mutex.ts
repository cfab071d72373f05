/**
 * Makes contending writers of one session take turns, so that a thousand of them in a process need about a thousand
 * attempts rather than half a million. Only writers that meet contention come here.
 */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<void>>();

  /** Waits until all earlier holders for `id` have released it; call the result to release it. */
  async acquire(id: string): Promise<() => void> {
    const before = this.#last.get(id);
    let release = () => {};
    const mine = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#last.set(id, mine);
    await before;
    return () => {
      if (this.#last.get(id) === mine) this.#last.delete(id);
      release();
    };
  }
}
