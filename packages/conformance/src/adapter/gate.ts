/** A place where one side waits until the other lets it go on. */
export class Gate {
  /** Resolves once somebody has reached the gate. */
  readonly reached: Promise<void>;
  readonly #opened: Promise<void>;
  #reach: () => void = () => {};
  #open: () => void = () => {};

  constructor() {
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** Waits for the gate to be opened; an open one does not stop anybody. */
  async pass(): Promise<void> {
    this.#reach();
    await this.#opened;
  }

  /** Lets everybody through, now and later. */
  open(): void {
    this.#open();
  }
}
