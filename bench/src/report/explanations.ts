import type { Goal } from './section.js';

const floorMisses =
  'the floor, which does the least there is to do, does not reach it either, as the table shows; beyond it, Sess verifies a signature, reads an envelope and compares';

const flat =
  'no single cause: the profile is flat, led by hashes, `stringify`, `parseEnvelope` and `parseStoredJson`, with a fifth of garbage collection';

/** Why a goal is not reached, where a profile has shown it: the first pattern that fits a goal's id explains it. */
const explanations: readonly (readonly [RegExp, string])[] = [
  [
    /^size$/,
    'the core alone is two thirds of it; merging, rotation, subjects and messages that say what to do are code that the others do not have',
  ],
  [/^Express\/(read|write) .*express-session/, floorMisses],
  [
    /^Express\/(write|destroy|regenerate|create).*the floor$/,
    'a write also checks that the data can be carried, and encodes and decodes an envelope (`hash`, `stringify`, `encodeBody`, `parseEnvelope` lead the profile)',
  ],
  [/^http\/Sess \+ PostgreSQL$/, 'the difference lies within the quartiles of both'],
  [/^(Koa|Fastify)\//, flat],
];

/** What is known of why a goal is missed; `undefined` if nothing is. */
export function explainMiss({ id }: Goal): string | undefined {
  return explanations.find(([pattern]) => pattern.test(id))?.[1];
}
