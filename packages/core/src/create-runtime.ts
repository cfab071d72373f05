import { createMonotonicNow, systemClock } from './clock.js';
import { jsonCodec } from './codec.js';
import { type CookiePolicy, resolveCookie } from './cookie/cookie-options.js';
import { CookieWriter } from './cookie/cookie-writer.js';
import { DataFormat } from './data-format.js';
import { bindHashes, webDigest } from './digest.js';
import { parsePositiveDuration } from './duration.js';
import { EventHub } from './events.js';
import { isOver } from './exchange/live-session.js';
import { resolveExpiry, resolveRememberedExpiry } from './expiry.js';
import { GuardedStore } from './guarded-store.js';
import { unsendableCookie } from './insecurity.js';
import { KeyedMutex } from './keyed-mutex.js';
import { Keyring } from './keyring.js';
import { findNodeDigest } from './node-digest.js';
import type { AdapterOptions } from './options.js';
import {
  type AnyOptions,
  assertParts,
  readClearSiteData,
  readExpiryOptions,
  readFallbackKeys,
  readKeys,
  readLimit,
  readOnStoreError,
  readRotation,
  readSweepEvery,
} from './read-options.js';
import type { Runtime } from './runtime.js';
import { SessionHandle } from './session-handle.js';
import { SubjectSessions } from './subject-sessions.js';
import { createSweeper } from './sweeper.js';

/** Prepares the options for use; throws `ERR_SESS_CONFIG` for what is missing, malformed or contradictory. */
export function createRuntime(
  options: AnyOptions,
  adapter: AdapterOptions,
): { readonly runtime: Runtime; readonly cookie: CookiePolicy } {
  assertParts(options, adapter);
  const { store, clock = systemClock } = options;
  const cookie = resolveCookie(options.cookie);
  const expiry = resolveExpiry(readExpiryOptions(options));
  const { remember } = options;
  const events = new EventHub();
  const storeTimeout = parsePositiveDuration('storeTimeout', options.storeTimeout ?? 5000);
  const guarded = new GuardedStore(store, clock, storeTimeout);
  const digest = adapter.digest ?? findNodeDigest() ?? webDigest;
  // Present but undefined means a missing environment variable: nothing would be signed, and nobody would know.
  const keys = 'secret' in options ? readKeys(options.secret as string | readonly string[]) : undefined;
  const runtime: Runtime = {
    cookieName: cookie.name,
    clock,
    cookies: new CookieWriter(cookie),
    data: new DataFormat({
      codec: options.codec ?? jsonCodec,
      schema: options.schema,
      initial: options.initial,
      merge: options.merge ?? {},
    }),
    digest: bindHashes(digest, cookie.name),
    events,
    expiry,
    rememberedExpiry: remember && resolveRememberedExpiry(remember),
    keyring: new Keyring(() => keys ?? readFallbackKeys(adapter), cookie.name, digest),
    rotation: readRotation(options),
    store: guarded,
    subjects: new SubjectSessions(store, guarded, events, readLimit(options), {
      now: () => runtime.now(),
      isOver: (record, envelope, now) => isOver(runtime, record, envelope, now),
    }),
    writers: new KeyedMutex(),
    storeTimeout,
    onStoreError: readOnStoreError(options.onStoreError),
    clearSiteData: readClearSiteData(options.clearSiteData),
    unsendableCookie: unsendableCookie(adapter.trustRemedy),
    now: createMonotonicNow(clock),
    createHandle: adapter.createHandle ?? ((host) => new SessionHandle(host)),
    sweepSometimes: createSweeper(store, guarded, { every: readSweepEvery(options), clock, events }),
  };
  return { runtime, cookie };
}
