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
 * and the error handler that answers instead. What is piped is cut off, and runs dry once the new answer is over. Other output is the old
 * handler's until that ends its answer, and is swallowed, unless it comes from `answer` or from what was started there. So is whatever comes
 * after the new answer's end, which would otherwise raise an `error` event that nobody listens to.
 */
export class StaleOutput {
  readonly #response: Response;
  readonly #output: Output;
  readonly #error: unknown;
  readonly #answering = new AsyncLocalStorage<true>();
  #hasEnded: boolean;

  constructor(response: Response, error: unknown, sources: readonly Source[]) {
    this.#response = response;
    this.#output = readOutput(response);
    this.#error = error;
    this.#hasEnded = sources.length > 0;
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

  /** Reports the failure to the framework. Output that this produces, at once or later, is the new answer. */
  answer(tell: () => void): void {
    this.#answering.run(true, tell);
  }

  #write(args: readonly unknown[]): unknown {
    if (this.#accepts()) return call(this.#output.write, this.#response, args);
    return swallow('write', args, this.#response, this.#error);
  }

  #end(args: readonly unknown[]): unknown {
    if (this.#accepts()) return call(this.#output.end, this.#response, args);
    this.#hasEnded = true;
    return swallow('end', args, this.#response, this.#error);
  }

  #flushHeaders(args: readonly unknown[]): void {
    if (this.#accepts()) call(this.#output.flushHeaders, this.#response, args);
  }

  #accepts(): boolean {
    return !this.#response.writableEnded && (this.#hasEnded || this.#answering.getStore() === true);
  }
}
