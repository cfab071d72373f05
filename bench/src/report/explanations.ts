import type { Goal } from './section.js';

/** Why a goal is not reached, where a profile has shown it: the first pattern that fits a goal's id explains it. */
const explanations: readonly (readonly [RegExp, string])[] = [];

/** What is known of why a goal is missed; `undefined` if nothing is. */
export function explainMiss({ id }: Goal): string | undefined {
  return explanations.find(([pattern]) => pattern.test(id))?.[1];
}
