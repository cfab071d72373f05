import { type HeadAdditions, isPromiseLike } from '@sess/core';
import { assertStatus, foldHead } from './fold-head.js';
import { freezeHead, type Undo } from './frozen-head.js';
import { applyAdditions } from './head-additions.js';
import { assertBody, call, HeldOutput, swallow } from './held-output.js';
import { resetResponse } from './reset-response.js';
import {
  isHttp2,
  type NodeResponse,
  type Output,
  type Response,
  readOutput,
  setOutput,
  swapOutput,
} from './response.js';
import type { ResponseHooks } from './response-hooks.js';
import { type Source, StaleOutput } from './stale-output.js';

/**
 * Holds back everything `response` is given to send until `hooks.beforeHead` is done, and its end until
 * `hooks.beforeEnd` is done. If they return no promise, the response leaves immediately: nothing is deferred or queued. Otherwise the
 * calls are queued and made in order afterwards; meanwhile `headersSent` is true, after `end` `writableEnded` too, and
 * `write` returns false once `writableHighWaterMark` is reached. Informational responses (1xx) are not held.
 *
 * Callbacks of a `write` or an `end` whose output was dropped get the error. If the client has gone, the hooks still run
 * when the handler ends, and the output goes nowhere. Several holds of one response run from the last to the first, as
 * wrappers of `writeHead` do. On a response whose head has left, only `beforeEnd` is called; on an ended one, nothing.
 */
export function holdResponse(response: NodeResponse, hooks: ResponseHooks): void {
  if (!response.writableEnded) new ResponseHold(response as unknown as Response, hooks);
}

type Phase =
  /** Nothing has been sent, no hook is running. */
  | 'armed'
  /** The head is determined but has not left: a hook is running. */
  | 'held'
  /** The head has left; the end will call `beforeEnd`. */
  | 'streaming'
  /** The head has left and the body has ended: `beforeEnd` is running. */
  | 'ending'
  /** Nothing left to do: calls go through. */
  | 'passing'
  /** The answer was discarded: calls that still come here, from wrappers since removed, belong to it. */
  | 'discarded';

type Answer = HeadAdditions | undefined;

/** One hold of one response. */
class ResponseHold {
  readonly #response: Response;
  readonly #hooks: ResponseHooks;
  readonly #output: Output;
  readonly #shadows: Output;
  readonly #on: Response['on'];
  readonly #sources: Source[] = [];
  #phase: Phase;
  #asked = false;
  #answer: Answer | Promise<Answer>;
  #additions: Answer;
  #endIsLate = false;
  #held: HeldOutput | undefined;
  #unfreeze: Undo | undefined;
  #error: unknown;

  constructor(response: Response, hooks: ResponseHooks) {
    this.#response = response;
    this.#hooks = hooks;
    this.#output = readOutput(response);
    this.#on = response.on;
    response.on('pipe', (source: Source) => this.#sources.push(source));
    this.#shadows = {
      writeHead: (...args) => this.#receive('writeHead', args),
      write: (...args) => this.#receive('write', args),
      end: (...args) => this.#receive('end', args),
      flushHeaders: (...args) => this.#receive('flushHeaders', args),
    };
    this.#phase = response.headersSent ? 'streaming' : 'armed';
    setOutput(response, this.#shadows);
  }

  #receive(method: keyof Output, args: unknown[]): unknown {
    switch (this.#phase) {
      case 'armed':
        return this.#determineHead(method, args);
      case 'held':
      case 'ending':
        return this.#held?.add(method, args);
      case 'streaming':
        return method === 'end' ? this.#end(args) : this.#pass(method, args);
      case 'passing':
        return this.#pass(method, args);
      case 'discarded':
        return swallow(method, args, this.#response, this.#error);
    }
  }

  #determineHead(method: keyof Output, args: unknown[]): unknown {
    if (this.#response.headersSent) {
      // Something bypassed the hold, for instance the old alias `writeHeader`: only the end can still wait.
      this.#phase = 'streaming';
      return this.#receive(method, args);
    }
    const isFirst = !this.#asked;
    this.#endIsLate = !isFirst || method !== 'end';
    const answer = this.#ask();
    // A second time means that Node refused what came after the first answer. What happened since is for `beforeEnd`.
    if (!isFirst || answer instanceof Promise) return this.#hold(method, args, Promise.resolve(answer));
    this.#phase = 'passing';
    try {
      const result = this.#pass(method, this.#add(answer, method, args));
      this.#settle(method === 'end');
      return result;
    } catch (error) {
      if (!this.#response.headersSent) this.#phase = 'armed';
      throw error;
    }
  }

  #ask(): Answer | Promise<Answer> {
    if (this.#asked) return this.#answer;
    this.#asked = true;
    this.#answer = this.#runBeforeHead();
    // A failure is reported to whoever sends output next; until then it is not unhandled.
    if (this.#answer instanceof Promise) this.#answer.catch(() => undefined);
    return this.#answer;
  }

  #add(additions: Answer, method: keyof Output, args: unknown[]): unknown[] {
    if (additions === undefined) return args;
    const rest = this.#check(method, args);
    applyAdditions(this.#response, additions);
    return rest;
  }

  /** Refuses what Node would refuse, before anything is done that would have to be undone. Returns the arguments to pass on. */
  #check(method: keyof Output, args: unknown[]): unknown[] {
    if (method === 'writeHead') return foldHead(this.#response, args);
    assertBody(method, args);
    assertStatus(this.#response);
    return args;
  }

  #pass(method: keyof Output, args: readonly unknown[]): unknown {
    return call(this.#output[method], this.#response, args);
  }

  #settle(ended: boolean): void {
    if (!ended && this.#hooks.beforeEnd !== undefined) this.#phase = 'streaming';
    else this.#retire();
  }

  #retire(): void {
    this.#phase = 'passing';
    swapOutput(this.#response, this.#shadows, this.#output);
  }

  #hold(method: keyof Output, args: unknown[], answer: Promise<Answer>): unknown {
    const held = new HeldOutput(this.#response);
    const result = held.add(method, this.#check(method, args));
    this.#held = held;
    this.#unfreeze = freezeHead(this.#response);
    this.#phase = 'held';
    answer.then(
      (additions) => this.#release(held, additions),
      (error: unknown) => this.#fail(error),
    );
    return result;
  }

  #release(held: HeldOutput, additions: Answer): void {
    this.#additions = additions;
    const late = held.ended && this.#endIsLate ? this.#runBeforeEnd() : undefined;
    if (late === undefined) {
      this.#replay(held, additions);
      return;
    }
    late.then(
      () => this.#replay(held, additions),
      (error: unknown) => this.#fail(error),
    );
  }

  #replay(held: HeldOutput, additions: Answer): void {
    this.#thaw();
    this.#phase = 'passing';
    try {
      if (additions !== undefined) applyAdditions(this.#response, additions);
      held.replay(this.#output);
      this.#settle(held.ended);
    } catch (error) {
      this.#fail(error);
    }
  }

  #end(args: unknown[]): unknown {
    assertBody('end', args);
    const late = this.#runBeforeEnd();
    if (late === undefined) {
      this.#retire();
      return this.#pass('end', args);
    }
    const held = new HeldOutput(this.#response);
    this.#held = held;
    this.#phase = 'ending';
    late.then(
      () => this.#replay(held, undefined),
      (error: unknown) => this.#breakOff(error),
    );
    return held.add('end', args);
  }

  #runBeforeHead(): Answer | Promise<Answer> {
    try {
      const answer = this.#hooks.beforeHead();
      // A foreign promise is asked for its outcome only once.
      return isPromiseLike(answer) ? Promise.resolve(answer) : answer;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #runBeforeEnd(): Promise<void> | undefined {
    try {
      const answer = this.#hooks.beforeEnd?.();
      return isPromiseLike(answer) ? Promise.resolve(answer) : undefined;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #thaw(): void {
    this.#unfreeze?.();
    this.#unfreeze = undefined;
  }

  #fail(error: unknown): void {
    this.#thaw();
    if (this.#response.headersSent) this.#breakOff(error);
    else this.#discard(error);
  }

  /** Nothing has left: restores the response as it was, and lets somebody else answer. */
  #discard(error: unknown): void {
    const response = this.#response;
    this.#error = error;
    this.#phase = 'discarded';
    // Wrappers added since go too: what a compressor, say, has buffered belongs to the discarded answer, and it takes listeners for `drain` there.
    setOutput(response, this.#output);
    response.on = this.#on;
    resetResponse(response);
    const tell = (failure: unknown) => this.#hooks.failed(failure);
    const additions = this.#additions;
    // What has been committed must reach the client with whatever answer follows.
    if (additions !== undefined) new ResponseHold(response, { beforeHead: () => additions, failed: tell });
    const stale = this.#held?.ended ? undefined : new StaleOutput(response, error, this.#sources);
    this.#held?.discard(error);
    process.nextTick(() => (stale === undefined ? tell(error) : stale.answer(() => tell(error))));
  }

  /** The head has left: all that can be done is to keep the answer from appearing complete. */
  #breakOff(error: unknown): void {
    this.#retire();
    const response = this.#response;
    // HTTP/2 tells the client of an error only if it is given one; HTTP/1 would report it as the client's.
    response.destroy(
      isHttp2(response) ? new Error('The answer was broken off before its end', { cause: error }) : undefined,
    );
    this.#held?.discard(error);
    process.nextTick(() => this.#hooks.failed(error));
  }
}
