import type { Goal } from './section.js';

/** Why a goal is not reached, where the code or a profile shows it: the first pattern that fits a goal's id explains it. */
const explanations: readonly (readonly [RegExp, string])[] = [
  [
    /^size$/,
    'No file stands out: the largest of some hundred has 7 % of the bytes, and messages that say what to do, 3 KB of it, would not make the ' +
      'difference. Merging, rotation, generations, limits, validation, and a response that is held until all is stored, are code that the others do not have.',
  ],
  [
    /^(Koa|Fastify)\/new/,
    'For a visitor without a session Sess prepares to hold the response back, since one may begin until the head is sent. The floor only replaces `writeHead`; koa-session looks for its ' +
      'cookie, draws an id and makes an empty object.',
  ],
  [
    /^(Koa|Fastify)\/create/,
    "In a profile of Fastify, some 18 µs over bare: 1.7 of garbage collection, 1.1 and 1.1 to write envelope and data as text, 1.6 for the token's hash and signature, 1.5 for the cookie's " +
      'header, whose characters Node checks, and 2.2 for the store; the rest is spread over what takes less than 0.6 each. The floor needs a hash, one text, the header and a Map as well.',
  ],
  [
    /^(Koa|Fastify)\/destroy/,
    'Sess opens the session before it ends it, by one signature, one hash and two parses, as for a read, and clears the cookie. @fastify/session has objects in its Map, not texts, parses ' +
      'nothing, and leaves the cookie; the floor looks up and forgets.',
  ],
  [
    /^(Koa|Fastify)\/regenerate/,
    'What a read and a create take together: two hashes, two signatures, two parses, two texts. The floor signs nothing and keeps no envelope.',
  ],
  [
    /^(Koa|Fastify)\/.*4 KB/,
    'One parse and one stringify of 4 KB take about 20 µs, and the floor needs them too: where its own figure is above the aim, the aim is out of reach. A write also encodes an envelope, and ' +
      'takes a snapshot twice, since what is changed between the commit and the head must not be lost.',
  ],
  [
    /^(Koa|Fastify)\//,
    'Measured by leaving pieces out, with one session that was read again and again: of some 10 µs that reading 200 B adds to 3.3 on Fastify, 1.6 are the HMAC of the cookie, 1.1 the Vary header, 1.1 holding the response, 1.0 parsing the ' +
      "data, 0.5 parsing the envelope, 0.5 the hash, 0.4 Fastify's onSend hook and 0.3 checking the token's form; the rest is in pieces below 0.2. Of all these " +
      'the floor needs the hash, one parse and one stringify, and with the HMAC alone it would be at the aim. A write adds the texts of envelope and data. A thousand ' +
      'sessions in turn, as in the table, take everybody a third to a half more.',
  ],
  [
    /^Express\/.*4 KB/,
    'One parse and one stringify of 4 KB take about 20 µs, and the floor needs them too. Beyond it, Sess encodes an envelope and takes a snapshot of what it hands out.',
  ],
  [
    /^Express\/(read|write) 200 B\/express-session/,
    'The work is that of Koa and Fastify, explained there. On Express, one process differs from the next: the median of a read lies between 10 and 28 µs, by what V8 makes of ' +
      'requests whose prototype has been replaced.',
  ],
  [
    /^Express\/.*the floor$/,
    'Beyond the floor, Sess signs its cookie or checks the signature, keeps an envelope beside the data, and holds the response back until all is stored.',
  ],
];

/** What is known of why a goal is missed; `undefined` if nothing is. */
export function explainMiss({ id }: Goal): string | undefined {
  return explanations.find(([pattern]) => pattern.test(id))?.[1];
}
