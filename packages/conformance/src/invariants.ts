/** What Sess promises, by number, as cited in reports and tests. `contract` is the rest of the store contract, without a number. */
export const invariants = {
  E1: 'nobody sees a session at or after its expiry',
  E2: 'a live session is never refused',
  E3: 'no session outlives its absolute timeout',
  E4: 'an expired session is never extended or revived',
  E5: 'a cookie never outlives its record by more than a second',
  D1: 'no token of a destroyed session opens it',
  D2: 'nothing in flight brings a destroyed session back',
  D3: 'destroy is idempotent, works on an expired session, and holds whatever else fails',
  D4: 'a token replaced by login or regenerate opens nothing',
  D5: 'no session of a subject outlives revoking them all',
  L1: 'of two commits that change different keys, both survive',
  L2: 'two commits that change one key follow its rule',
  L3: 'a deletion survives a change elsewhere',
  L4: 'who only reads changes nothing that others wrote',
  S1: 'no secret appears in what is kept, logged or thrown',
  S2: 'an id the browser made up is never adopted',
  S3: 'a request without a session causes no write',
  S4: 'malformed input ends in no session, not in an error',
  S5: 'a corrupt record ends in no session, not in an error',
  C1: 'what was acknowledged is durable to the degree stated',
  C2: 'a store that is down gives an error, never a wrong answer',
  contract: 'a store does what its contract says',
} as const;

/** The number of an invariant, or `contract`. */
export type Invariant = keyof typeof invariants;
