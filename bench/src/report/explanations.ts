import type { Goal } from './section.js';

/** Why a goal is not reached, where a profile has shown it: the first pattern that fits a goal's id explains it. */
const explanations: readonly (readonly [RegExp, string])[] = [
  [
    /^size$/,
    'No file stands out: the largest of some ninety has 8 % of the bytes, and messages that say what to do, 7 KB before compression, would not make the ' +
      'difference. Merging, rotation, generations, limits, validation, and a response that is held until all is stored, are code that the others do not have.',
  ],
  [
    /^Express\/write 4 KB/,
    'One parse and one stringify of 4 KB take 30 µs here, and the floor needs them too. Beyond it, Sess looks at every field for what JSON would lose (5 µs) and ' +
      'encodes an envelope.',
  ],
  [
    /^Express\/.*the floor$/,
    'A difference of a few µs, within the quartiles of both: Sess also clears or signs a cookie and keeps an envelope.',
  ],
  [
    /^(Koa|Fastify)\/.*4 KB/,
    'One parse and one stringify take 30 µs, and the floor, were there one on this framework, would need them too. Sess stringifies twice here: when the ' +
      'framework can still answer a failure, and once more when the head leaves, since what others have changed in between must not be lost.',
  ],
  [
    /^(Koa|Fastify)\//,
    'No single cause. Of some 11 µs the profile gives 2 to garbage collection, 2 to stringifying twice (see the other note), 1.5 to the three hashes of a signed ' +
      'token, 1 to each of the two parses, and the rest to holding the response and to what is below half a microsecond.',
  ],
  [/^http\//, 'The difference lies within the quartiles of both.'],
];

/** What is known of why a goal is missed; `undefined` if nothing is. */
export function explainMiss({ id }: Goal): string | undefined {
  return explanations.find(([pattern]) => pattern.test(id))?.[1];
}
