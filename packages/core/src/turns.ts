/**
 * Makes contending writers of one session take turns, so that a thousand of them in a process need about a thousand
 * attempts rather than half a million. Only writers that meet contention come here.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Waits until all earlier entrants for `id` have left; call the result to leave. */
  async enter(id: string): Promise<() => void> {
    const before = this.#last.get(id);
    let leave = () => {};
    const mine = new Promise<void>((resolve) => {
      leave = resolve;
    });
    this.#last.set(id, mine);
    await before;
    return () => {
      if (this.#last.get(id) === mine) this.#last.delete(id);
      leave();
    };
  }
}
