import { describe, expect, test } from 'vitest';
import { type Flow, isPromiseLike, run, wait } from './flow.js';

function* double(value: number | PromiseLike<number>): Flow<number> {
  return 2 * (yield* wait(value));
}

function* quadruple(value: number | PromiseLike<number>): Flow<number> {
  return yield* double(yield* double(value));
}

describe('run', () => {
  test('answers at once what waits for no promise', () => {
    expect(run(quadruple(3))).toBe(12);
  });

  test('answers a promise from the first promise on', async () => {
    const answer = run(quadruple(Promise.resolve(3)));
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toBe(12);
  });

  test('waits for one promise after the other, in order', async () => {
    const order: string[] = [];
    function* flow(): Flow<string> {
      order.push(yield* wait(Promise.resolve('first')));
      order.push(yield* wait('second'));
      order.push(yield* wait(Promise.resolve('third')));
      return order.join();
    }
    expect(await run(flow())).toBe('first,second,third');
  });

  test('throws at once what is thrown before the first promise, and rejects after it', async () => {
    // biome-ignore lint/correctness/useYield: a flow that fails before it waits.
    function* fail(): Flow<void> {
      throw new Error('at once');
    }
    function* failLater(): Flow<void> {
      yield* wait(Promise.resolve());
      throw new Error('later');
    }
    expect(() => run(fail())).toThrow('at once');
    await expect(run(failLater())).rejects.toThrow('later');
  });

  test('a rejection can be caught inside the flow, which then goes on', async () => {
    function* recover(): Flow<string> {
      try {
        yield* wait(Promise.reject(new Error('refused')));
        return 'not reached';
      } catch (error) {
        return `${(error as Error).message}, then ${yield* wait(Promise.resolve('went on'))}`;
      }
    }
    expect(await run(recover())).toBe('refused, then went on');
  });

  test('a rejection with undefined is still a rejection', async () => {
    const seen: unknown[] = [];
    function* flow(): Flow<void> {
      try {
        yield* wait(Promise.reject(undefined));
      } catch (error) {
        seen.push('caught', error);
      }
    }
    await run(flow());
    expect(seen).toEqual(['caught', undefined]);
  });

  test('runs finally blocks on failure', async () => {
    let isLeft = false;
    function* flow(): Flow<void> {
      try {
        yield* wait(Promise.reject(new Error('out')));
      } finally {
        isLeft = true;
      }
    }
    await expect(run(flow())).rejects.toThrow('out');
    expect(isLeft).toBe(true);
  });

  test('waits for any thenable', async () => {
    // biome-ignore lint/suspicious/noThenProperty: a thenable that is no Promise is the point.
    const thenable = { then: (resolve: (value: number) => void) => resolve(21) } as PromiseLike<number>;
    expect(await run(double(thenable))).toBe(42);
  });
});

describe('isPromiseLike', () => {
  // biome-ignore lint/suspicious/noThenProperty: one that is no method is the point.
  test.each([[undefined], [null], [0], [''], [{}], [{ then: 'text' }], [() => {}]])('not %o', (value) => {
    expect(isPromiseLike<unknown>(value)).toBe(false);
  });

  test('a promise, and an object with a method `then`', () => {
    expect(isPromiseLike(Promise.resolve())).toBe(true);
    // biome-ignore lint/suspicious/noThenProperty: a thenable that is no Promise is the point.
    expect(isPromiseLike<unknown>({ then: () => {} })).toBe(true);
  });
});
