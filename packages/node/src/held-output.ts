import { markEnded, type Undo } from './frozen-head.js';
import { assertChunk, headersSentError } from './node-errors.js';
import type { Method, Output, Response } from './response.js';

interface Call {
  readonly method: keyof Output;
  readonly args: readonly unknown[];
}

/** Calls of a response's output methods, kept in order until they are replayed or discarded. */
export class HeldOutput {
  readonly #response: Response;
  readonly #calls: Call[] = [];
  #replayed = 0;
  #size = 0;
  #ended = false;
  #unmark: Undo | undefined;
  #refusedWrite = false;

  constructor(response: Response) {
    this.#response = response;
  }

  /** Whether an `end` is among the calls. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Records a call and returns what the caller should get. Throws what Node throws for a call it would refuse. */
  add(method: keyof Output, args: readonly unknown[]): unknown {
    if (method === 'writeHead' && this.#calls.length > 0) throw headersSentError(this.#response, 'write');
    assertBody(method, args);
    this.#calls.push({ method, args });
    if (method === 'write') return this.#buffer(args[0] as string | Uint8Array);
    if (method === 'end' && !this.#ended) {
      this.#ended = true;
      this.#unmark = markEnded(this.#response);
    }
    return answerFor(method, this.#response);
  }

  /** Makes the calls on `output`, and ensures the `drain` event that a refused `write` has promised. */
  replay(output: Output): void {
    this.#unmarkEnd();
    let willDrain = false;
    for (const { method, args } of this.#calls) {
      const accepted = call(output[method], this.#response, args);
      if (method === 'write' && accepted === false) willDrain = true;
      this.#replayed += 1;
    }
    if (this.#refusedWrite && !willDrain) this.#emitDrain();
  }

  /** Drops the calls not made yet; their callbacks get `error`, and writers waiting for `drain` go on. */
  discard(error: unknown): void {
    this.#unmarkEnd();
    for (const { args } of this.#calls.slice(this.#replayed)) rejectCallback(args, error);
    if (this.#refusedWrite && !this.#ended) this.#emitDrain();
  }

  /**
   * Accepts as much as Node does for a response whose turn on the connection has not come. Refusing less would promise a
   * `drain` that might never come: middleware such as `compression` listens for it elsewhere, and sends it
   * there only when it has been given more than that.
   */
  #buffer(chunk: string | Uint8Array): boolean {
    this.#size += chunk.length;
    const accepts = this.#size < this.#response.writableHighWaterMark;
    if (!accepts) this.#refusedWrite = true;
    return accepts;
  }

  #unmarkEnd(): void {
    this.#unmark?.();
    this.#unmark = undefined;
  }

  #emitDrain(): void {
    const response = this.#response;
    process.nextTick(() => {
      if (!response.writableEnded) response.emit('drain');
    });
  }
}

/** Calls a response's method with the arguments it was called with. */
export function call(method: Method, response: Response, args: readonly unknown[]): unknown {
  return Reflect.apply(method, response, args);
}

/** Drops one call: returns as if it had been accepted, and passes its callback the error. */
export function swallow(method: keyof Output, args: readonly unknown[], response: Response, error: unknown): unknown {
  rejectCallback(args, error);
  return answerFor(method, response);
}

/** Throws what Node throws for the arguments of a `write` or an `end` that it would refuse. */
export function assertBody(method: keyof Output, [chunk]: readonly unknown[]): void {
  if (method === 'write' || (method === 'end' && chunk && typeof chunk !== 'function')) assertChunk(chunk);
}

function rejectCallback(args: readonly unknown[], error: unknown): void {
  const callback = args.find((arg) => typeof arg === 'function');
  if (typeof callback === 'function') process.nextTick(callback, error);
}

function answerFor(method: keyof Output, response: Response): unknown {
  if (method === 'write') return true;
  return method === 'flushHeaders' ? undefined : response;
}
