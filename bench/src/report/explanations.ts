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
    'One parse and one stringify of 4 KB take 30 µs here, and the floor needs them too. Beyond it, Sess encodes an envelope and takes a snapshot of what it hands out.',
  ],
  [
    /^Express\/.*the floor$/,
    'A difference of a few µs, within the quartiles of both: Sess also clears or signs a cookie and keeps an envelope.',
  ],
  [
    /^(Koa|Fastify)\/.*4 KB/,
    'One parse and one stringify take 30 µs, and the floor needs them too: the aim lies near what it reaches itself, or below. A write also encodes an envelope, and ' +
      'takes a snapshot twice, since what is changed between the commit and the head must not be lost.',
  ],
  [
    /^(Koa|Fastify)\//,
    'No single cause. Of some 11 µs the profile gives 1 to garbage collection, 0.8 to parsing envelope and data, 0.7 to hashes and 0.3 to snapshots; the rest is spread ' +
      'over what takes less than 0.4 each: reading and checking the cookie, holding the response, and what Node does for the hashes.',
  ],
  [/^http\//, 'The difference lies within the quartiles of both.'],
];

/** What is known of why a goal is missed; `undefined` if nothing is. */
export function explainMiss({ id }: Goal): string | undefined {
  return explanations.find(([pattern]) => pattern.test(id))?.[1];
}
