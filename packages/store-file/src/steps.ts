import { isPromiseLike } from '@sess/core';

/**
 * A computation made of steps, each of which touches the disk once. Between two steps anything may happen: another
 * process may act, this one may die. Tests drive the steps one by one, in every order; `run` drives them in a row.
 */
export type Steps<T> = Generator<() => unknown, T, unknown>;

/** One step: hands `act` to the driver, and returns its outcome. */
export function* step<T>(act: () => T | Promise<T>): Steps<T> {
  return (yield act) as T;
}

/** Runs the steps to their end. Returns the result, or a promise of it if any step returns a promise. */
export function run<T>(steps: Steps<T>): T | Promise<T> {
  let turn = steps.next();
  while (!turn.done) {
    const outcome = attempt(turn.value);
    if ('value' in outcome && isPromiseLike(outcome.value)) return runOn(steps, outcome.value);
    turn = resume(steps, outcome);
  }
  return turn.value;
}

async function runOn<T>(steps: Steps<T>, first: PromiseLike<unknown>): Promise<T> {
  let turn = resume(steps, await settle(() => first));
  while (!turn.done) turn = resume(steps, await settle(turn.value));
  return turn.value;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Carries out a step, and catches what it throws. */
export function attempt(act: () => unknown): Outcome {
  try {
    return { value: act() };
  } catch (error) {
    return { error };
  }
}

/** Resumes after a step with its outcome. */
export function resume<T>(steps: Steps<T>, outcome: Outcome): IteratorResult<() => unknown, T> {
  return 'value' in outcome ? steps.next(outcome.value) : steps.throw(outcome.error);
}

/** As `attempt`, and waits for a promise that is returned. */
export async function settle(act: () => unknown): Promise<Outcome> {
  try {
    return { value: await act() };
  } catch (error) {
    return { error };
  }
}
