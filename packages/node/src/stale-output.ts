import { AsyncLocalStorage } from 'node:async_hooks';
import { call, swallow } from './held-output.js';
import { type Output, type Response, readOutput, setOutput } from './response.js';

/** A stream that is piped into a response; one of the oldest kind has no `unpipe`. */
export interface Source {
  unpipe?(response: Response): unknown;
  resume?(): unknown;
}

/**
 * Separates two writers of one response: the handler whose answer was discarded while it was still being written,
 * and the error handler that answers instead. Until the new answer begins, output is the old handler's and is
 * swallowed; so is whatever comes after the new answer's end, which would otherwise raise an `error` event that nobody
 * listens to. What is piped is cut off, and runs dry once the new answer is over.
 *
 * The new answer has begun once the head has been touched, or something is written while `answer` runs, or
 * `end` is called a second time: the old handler ends once. If that goes on even then, its output is told by where it does not come from:
 * `answer`, and all that was started there.
 */
export class StaleOutput {
  readonly #response: Response;
  readonly #output: Output;
  readonly #error: unknown;
  readonly #head: string;
  readonly #answering = new AsyncLocalStorage<true>();
  #begun = false;
  #swallowedEnd = false;

  constructor(response: Response, error: unknown, sources: readonly Source[]) {
    this.#response = response;
    this.#output = readOutput(response);
    this.#error = error;
    this.#head = describeHead(response);
    for (const source of sources) source.unpipe?.(response);
    response.on('close', () => {
      for (const source of sources) source.resume?.();
      // While one is in use, every promise of the process takes longer.
      this.#answering.disable();
    });
    setOutput(response, {
      ...this.#output,
      write: (...args) => this.#write(args),
      end: (...args) => this.#end(args),
      flushHeaders: (...args) => this.#flushHeaders(args),
    });
  }

  /** Reports the failure to the framework. Output that this produces synchronously begins the new answer. */
  answer(tell: () => void): void {
    const before = this.#begun;
    this.#begun = true;
    try {
      this.#answering.run(true, tell);
    } finally {
      this.#begun = before || this.#response.headersSent;
    }
  }

  #write(args: readonly unknown[]): unknown {
    if (this.#accepts()) return call(this.#output.write, this.#response, args);
    return swallow('write', args, this.#response, this.#error);
  }

  #end(args: readonly unknown[]): unknown {
    if (this.#swallowedEnd) this.#begun = true;
    if (this.#accepts()) return call(this.#output.end, this.#response, args);
    this.#swallowedEnd = true;
    return swallow('end', args, this.#response, this.#error);
  }

  #flushHeaders(args: readonly unknown[]): void {
    if (this.#accepts()) call(this.#output.flushHeaders, this.#response, args);
  }

  #accepts(): boolean {
    if (this.#response.writableEnded) return false;
    this.#begun ||= this.#response.headersSent || describeHead(this.#response) !== this.#head;
    return this.#begun && (this.#swallowedEnd || this.#answering.getStore() === true);
  }
}

function describeHead(response: Response): string {
  return JSON.stringify([response.statusCode, response.getHeaders()]);
}
