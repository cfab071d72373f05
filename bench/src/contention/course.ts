/** What the requests of one race do, whatever framework brings them. */
export class Course {
  readonly #writers: number;
  #waiting = 0;
  #release = () => {};
  readonly #allHaveRead = new Promise<void>((resolve) => {
    this.#release = resolve;
  });
  /** The keys that the request to `/look` has found. */
  found: readonly string[] = [];

  constructor(writers: number) {
    this.#writers = writers;
  }

  /** Handles the request to `/begin`, `/write/<key>` or `/look`. A write waits until as many as there are writers have read the session. */
  async run(path: string, session: Record<string, unknown>): Promise<void> {
    const [, step, key = ''] = path.split('/');
    if (step === 'begin') {
      session.begun = true;
    } else if (step === 'look') {
      this.found = Object.keys(session);
    } else {
      void session.begun;
      if (++this.#waiting === this.#writers) this.#release();
      await this.#allHaveRead;
      session[key] = true;
    }
  }
}
