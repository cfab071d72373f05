import { describe, expect, test } from 'vitest';
import { run, type Steps, step } from './steps.js';

function* add(one: () => number | Promise<number>, other: () => number | Promise<number>): Steps<number> {
  return (yield* step(one)) + (yield* step(other));
}

function* recover(act: () => number | Promise<number>): Steps<string> {
  try {
    return String(yield* step(act));
  } catch (error) {
    return `caught ${String(error)}`;
  }
}

const fail = (): never => {
  throw new Error('no');
};

describe('run', () => {
  test('answers at once when every step does', () =>
    expect(
      run(
        add(
          () => 1,
          () => 2,
        ),
      ),
    ).toBe(3));
  test('answers with a promise from the first promise on', async () => {
    const answer = run(
      add(
        () => 1,
        async () => 2,
      ),
    );
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toBe(3);
    expect(
      await run(
        add(
          async () => 1,
          () => 2,
        ),
      ),
    ).toBe(3);
  });
  test('throws what a step throws, at once or later', async () => {
    expect(() => run(add(() => 1, fail))).toThrow('no');
    await expect(run(add(async () => 1, fail))).rejects.toThrow('no');
    await expect(
      run(
        add(
          async () => fail(),
          () => 2,
        ),
      ),
    ).rejects.toThrow('no');
  });
  test('lets the computation catch it', async () => {
    expect(run(recover(fail))).toBe('caught Error: no');
    expect(await run(recover(async () => fail()))).toBe('caught Error: no');
  });
});
