import type { HeadAdditions, ResponseHooks } from '../src/index.js';

/** A promise that the test settles. */
export interface Gate<T> {
  readonly promise: Promise<T>;
  open(value: T): void;
  fail(error: unknown): void;
}

/** Creates a gate that is still shut. */
export function createGate<T = undefined>(): Gate<T> {
  let open!: (value: T) => void;
  let fail!: (error: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  // A test may shut a gate before anybody waits at it.
  promise.catch(() => undefined);
  return { promise, open, fail };
}

/** Hooks that return at once and keep a log of their calls. */
export function recordHooks(additions?: HeadAdditions): ResponseHooks & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    beforeHead: () => {
      calls.push('beforeHead');
      return additions;
    },
    beforeEnd: () => {
      calls.push('beforeEnd');
    },
    failed: (error) => {
      calls.push(`failed: ${error instanceof Error ? error.message : String(error)}`);
    },
  };
}

/** Lets everything run that can run without new input: some turns of the event loop, no time. */
export async function settle(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
