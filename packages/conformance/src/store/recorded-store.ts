import type { SessionRecord, SessionStore, UpdateResult } from '@sess/core';
import { show, type TimeOrigin } from '../show.js';

/** The log of a case's calls, one line per call, in the order they were made. */
export type Steps = string[];

/** How a store's calls are written down. */
export interface Recording {
  readonly steps: Steps;
  readonly origin: TimeOrigin;
  /** What to call the store in the report. */
  readonly handle: string;
  /** How long (ms of real time) a call may take. */
  readonly patience: number;
}

type AnyMethod = (...args: unknown[]) => unknown;

/**
 * A store whose calls are written down with their results. Every method returns a promise, rejects if the store throws
 * or lacks the method, and rejects when the result is not there in time. The store's own method has been called
 * by the time the call returns, so two calls made one after the other are really in flight together.
 */
export class RecordedStore {
  readonly #store: SessionStore;
  readonly #recording: Recording;

  constructor(store: SessionStore, recording: Recording) {
    this.#store = store;
    this.#recording = recording;
  }

  create(record: SessionRecord): Promise<'created' | 'exists'> {
    return this.#call('create', record);
  }

  read(id: string): Promise<SessionRecord | undefined> {
    return this.#call('read', id);
  }

  update(record: SessionRecord, ifVersion: number): Promise<UpdateResult> {
    return this.#call('update', record, ifVersion);
  }

  touch(id: string, expiresAt: number): Promise<'touched' | 'gone'> {
    return this.#call('touch', id, expiresAt);
  }

  destroy(id: string): Promise<void> {
    return this.#call('destroy', id);
  }

  list(subject: string): Promise<readonly SessionRecord[]> {
    return this.#call('list', subject);
  }

  sweep(limit: number): Promise<number> {
    return this.#call('sweep', limit);
  }

  close(): Promise<void> {
    return this.#call('close');
  }

  /** Whether the store has a method of this name. */
  has(method: string): boolean {
    return typeof (this.#store as unknown as Record<string, unknown>)[method] === 'function';
  }

  async #call<R>(method: string, ...args: unknown[]): Promise<R> {
    const { steps, origin, handle, patience } = this.#recording;
    const call = `${handle}${method}(${args.map((arg) => show(arg, origin)).join(', ')})`;
    const step = steps.push(`${call} → no answer yet`) - 1;
    try {
      const answer = await waitAtMost(this.#invoke(method, args), patience, call);
      steps[step] = `${call} → ${show(answer, origin)}`;
      return answer as R;
    } catch (error) {
      steps[step] = `${call} → threw ${show(error, origin)}`;
      throw error;
    }
  }

  #invoke(method: string, args: readonly unknown[]): unknown {
    if (!this.has(method)) throw new TypeError(`the store has no method ${method}`);
    const target = this.#store as unknown as Record<string, AnyMethod>;
    return target[method]?.(...args);
  }
}

async function waitAtMost(answer: unknown, ms: number, call: string): Promise<unknown> {
  if (typeof answer !== 'object' || answer === null || !('then' in answer)) return answer;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${call} did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
