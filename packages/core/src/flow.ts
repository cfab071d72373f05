import type { Awaitable } from './store.js';

/**
 * A computation that may have to wait. Inside, `yield* wait(x)` gives the value of `x`, as `await x` would;
 * outside, `run(flow)` returns no promise if nothing it waited for was one. One code path thus serves
 * synchronous stores, at the speed of plain calls, and asynchronous ones.
 */
export type Flow<T> = Generator<PromiseLike<unknown>, T, unknown>;

/** What `yield*` takes inside a flow: another flow, or a value that is already there. */
export type Waiting<T> = Iterable<PromiseLike<unknown>, T, unknown>;

/**
 * What `next` makes of `value`: immediately if the value is already there, else when its promise resolves. For steps that every request
 * takes: a flow costs up to a kilobyte, a function next to nothing.
 */
export function chain<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isPromiseLike(value) ? Promise.resolve(value.then(next)) : next(value);
}

/** Waits for `value` inside a flow; a value that is not a promise is not waited for. */
export function wait<T>(value: Awaitable<T>): Waiting<T> {
  return isPromiseLike(value) ? waitForPromise(value) : new Ready(value);
}

function* waitForPromise<T>(promise: PromiseLike<T>): Flow<T> {
  return (yield promise) as T;
}

/** A flow that only fails. */
// biome-ignore lint/correctness/useYield: it fails before it waits for anything.
export function* fail(error: unknown): Flow<never> {
  throw error;
}

/** A value that is already there, as a finished flow: its own iterator and that iterator's only result, at a tenth of a generator's cost. */
class Ready<T> implements Waiting<T>, Iterator<never, T> {
  readonly done = true;
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): this {
    return this;
  }
}

/** Runs a flow to its end: returns its result, or a promise of it once it waits for one. Throws what the flow throws. */
export function run<T>(waiting: Waiting<T>): Awaitable<T> {
  // Only a flow ever waits; a value already there is done at the first step.
  const flow = waiting[Symbol.iterator]() as Flow<T>;
  const step = flow.next();
  return step.done ? step.value : finish(flow, step.value);
}

async function finish<T>(flow: Flow<T>, pending: PromiseLike<unknown>): Promise<T> {
  let waitedFor = pending;
  for (;;) {
    let step: IteratorResult<PromiseLike<unknown>, T>;
    const settled = await settle(waitedFor);
    if ('value' in settled) step = flow.next(settled.value);
    else step = flow.throw(settled.error);
    if (step.done) return step.value;
    waitedFor = step.value;
  }
}

async function settle(pending: PromiseLike<unknown>): Promise<{ value: unknown } | { error: unknown }> {
  try {
    return { value: await pending };
  } catch (error) {
    return { error };
  }
}

/** Whether `value` must be waited for. */
export function isPromiseLike<T>(value: Awaitable<T>): value is PromiseLike<T> {
  // Read directly, without an `in` check first: objects of many shapes come here, for which that takes V8 several times as long.
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
