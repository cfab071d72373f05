export { exposeAdmin, type SessionAdmin } from './admin.js';
export { type Clock, splitLongWaits, systemClock } from './clock.js';
export { type Codec, jsonCodec } from './codec.js';
export type { CookieOptions, CookiePolicy } from './cookie/cookie-options.js';
export { cacheControlWithCookie, varyWithCookie } from './cookie/response-headers.js';
export type { Digest } from './digest.js';
export { type Duration, parsePositiveDuration } from './duration.js';
export { SessError, type SessErrorCode } from './errors.js';
export {
  type DestroyedBy,
  eventNames,
  type MergeConflict,
  type RefusalReason,
  type SessionEvents,
  type SessionListener,
  type SessionObserver,
} from './events.js';
export type { ExchangeRequest } from './exchange/admit.js';
export type { Exchange, HeadAdditions } from './exchange/exchange.js';
export { type ExpiryOptions, type ExpiryPolicy, isExpired, presets, type RememberOptions } from './expiry.js';
export { chain, isPromiseLike } from './flow.js';
export { readClaimedProtocol } from './forwarded.js';
export { requireFresh } from './fresh.js';
export { untrustedProxy } from './insecurity.js';
export type { JsonOf } from './json.js';
export { type ManualClock, manualClock } from './manual-clock.js';
export type { MergeRule, MergeRules } from './merge.js';
export { createNodeDigest, type NodeCrypto } from './node-digest.js';
export { isSessionOption, refuseUnknownStoreOptions } from './option-names.js';
export type { AdapterOptions, DataOf, SessionOptions, TypedOptions } from './options.js';
export { assertOptions } from './read-options.js';
export type { Schema } from './schema.js';
export type {
  FieldsJsonLoses,
  LoginOptions,
  RegenerateOptions,
  ReservedKey,
  Session,
  SessionData,
  SessionMembers,
  UntypedData,
} from './session.js';
export { SessionHandle, type SessionHost, sealMembers } from './session-handle.js';
export { createSessions, type SessionSummary, type Sessions } from './sessions.js';
export {
  type Awaitable,
  type Closable,
  hasSubjectIndex,
  isClosable,
  isSweepable,
  type SessionRecord,
  type SessionStore,
  type SubjectIndex,
  type Sweepable,
  type UpdateResult,
} from './store.js';
export type { SubjectLimit } from './subject-sessions.js';
export { warnOfDefaultStore, warnOfInsecurity } from './warnings.js';
