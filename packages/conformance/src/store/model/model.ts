import { type Call, distinct, emptyWorld, isAnswer, outcomeOf, type World, withDrops } from './worlds.js';

/** A call and what the store under test returned. */
export interface Answered {
  readonly call: Call;
  readonly answer: unknown;
}

/**
 * A correct store that everything is compared with. The contract leaves a store some freedom (when to drop what has expired,
 * in what order to serve concurrent calls), so it keeps every world that is still possible; a result that fits none is wrong.
 */
export class Model {
  #worlds: readonly World[] = [emptyWorld];

  /** Everything that a call could rightly return now. */
  expected(call: Call, now: number): readonly unknown[] {
    const answers = withDrops(this.#worlds, now).map((world) => outcomeOf(world, call, now).answer);
    return answers.filter((answer, n) => answers.findIndex((other) => isAnswer(call, other, answer)) === n);
  }

  /**
   * Records calls that were made concurrently; returns whether some order of them, one after another, explains all the
   * results. If none does, the model is left as it was.
   */
  accept(answered: readonly Answered[], now: number): boolean {
    const orders = permutations(answered);
    const worlds = orders.flatMap((order) =>
      order.reduce((possible, one) => follow(possible, one, now), withDrops(this.#worlds, now)),
    );
    if (worlds.length === 0) return false;
    this.#worlds = distinct(worlds);
    return true;
  }
}

/** The worlds that are left of `worlds` once `call` has returned that. */
function follow(worlds: readonly World[], { call, answer }: Answered, now: number): readonly World[] {
  const next = worlds.flatMap((world) => {
    const outcome = outcomeOf(world, call, now);
    return isAnswer(call, answer, outcome.answer) ? outcome.next : [];
  });
  return withDrops(next, now);
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, n) =>
    permutations([...items.slice(0, n), ...items.slice(n + 1)]).map((rest) => [item, ...rest]),
  );
}
