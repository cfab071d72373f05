import { assertClock, type Clock, systemClock } from './clock.js';
import { assertCodec, jsonCodec } from './codec.js';
import { type CookiePolicy, resolveCookie } from './cookie/cookie-options.js';
import { CookieWriter } from './cookie/cookie-writer.js';
import { DataFormat } from './data-format.js';
import { type Digest, webDigest } from './digest.js';
import { parseDuration, parsePositiveDuration } from './duration.js';
import { configError } from './errors.js';
import { EventHub } from './events.js';
import { isOver } from './exchange/live-session.js';
import { resolveExpiry, resolveRememberedExpiry } from './expiry.js';
import { GuardedStore } from './guarded-store.js';
import { Keyring } from './keyring.js';
import { assertMergeRules, type MergeRules } from './merge.js';
import { refuseUnknownOptions } from './option-names.js';
import type { AdapterOptions, SessionOptions } from './options.js';
import type { Runtime } from './runtime.js';
import { assertSchema, type Schema } from './schema.js';
import type { RotationPolicy } from './secrets.js';
import { SessionHandle } from './session-handle.js';
import { hasSubjectIndex, isSweepable, type SessionStore } from './store.js';
import { type SubjectLimit, SubjectSessions } from './subject-sessions.js';
import { Turns } from './turns.js';

/** Options of any data type, as the inside of the core sees them. */
type AnyOptions = Omit<SessionOptions<never>, 'initial' | 'merge'> & {
  readonly initial?: object | (() => object);
  readonly merge?: unknown;
  readonly schema?: Schema | undefined;
};

interface CheckedParts {
  readonly merge?: MergeRules<Record<string, unknown>>;
}

/** Makes options ready for use; throws `ERR_SESS_CONFIG` for what is missing, malformed or contradictory. */
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
  const digest = adapter.digest ?? webDigest;
  const keys = options.secret === undefined ? undefined : readKeys(options.secret);
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
    subjects: new SubjectSessions(store, guarded, events, readLimit(options), (record, envelope) =>
      isOver(runtime, record, envelope, runtime.now()),
    ),
    turns: new Turns(),
    storeTimeout,
    onStoreError: readOnStoreError(options.onStoreError),
    clearSiteData: readClearSiteData(options.clearSiteData),
    now: createRisingNow(clock),
    createHandle: adapter.createHandle ?? ((host) => new SessionHandle(host)),
    sweepSometimes: createSweeper(options, clock, guarded, events),
  };
  return { runtime, cookie };
}

/** Throws a configuration error unless everything in `options` that has parts has those it needs, and no others. */
function assertParts(options: AnyOptions, adapter: AdapterOptions): asserts options is AnyOptions & CheckedParts {
  assertOptions(options);
  refuseUnknownOptions(options, adapter.optionNames);
  assertStore(options.store);
  assertCodec(options.codec);
  assertSchema(options.schema);
  assertMergeRules(options.merge);
  assertClock(options.clock);
}

/** Throws a configuration error unless `options` are an object, for adapters to call before they look into it. */
export function assertOptions(options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  throw configError(
    'There are no options. Give an object: session({}) takes every default; createSessions() needs a store, such as { store: memoryStore() }.',
  );
}

/**
 * Hashes for one cookie: the token of another, also where both keep their sessions in one store and no key signs them, opens nothing. A
 * visitor's token sent as the administrator's cookie is what this is about.
 */
function bindHashes(digest: Digest, cookieName: string): Digest {
  const context = `${cookieName}=`;
  return { hash: (text) => digest.hash(context + text), createSigner: (key) => digest.createSigner(key) };
}

function assertStore(store: unknown): asserts store is SessionStore {
  const methods = ['create', 'read', 'update', 'touch', 'destroy'] as const;
  const missing = methods.filter((name) => typeof (store as Partial<SessionStore> | undefined)?.[name] !== 'function');
  if (missing.length === 0) return;
  const isExpressSessionStore = typeof (store as { set?: unknown } | undefined)?.set === 'function';
  throw configError(
    `store has no ${missing.join(', ')}. ` +
      (isExpressSessionStore
        ? 'It looks like a store for express-session, whose `set` can revive a destroyed session; use one of @sess/store-* instead.'
        : 'Give a session store, such as memoryStore() of @sess/store-memory.'),
  );
}

function readExpiryOptions(options: AnyOptions): Parameters<typeof resolveExpiry>[0] {
  const maxAge = options.cookie?.maxAge;
  if (maxAge === undefined) return options;
  if (options.idleTimeout !== undefined) {
    throw configError(
      'cookie.maxAge and idleTimeout say the same thing. Keep idleTimeout, with cookie.persistent: true if the cookie shall outlive the browser window.',
    );
  }
  parsePositiveDuration('cookie.maxAge', maxAge);
  return { ...options, idleTimeout: maxAge };
}

/** Keys that the framework has, for an application that gave none. */
function readFallbackKeys({ readFallbackKeys: read }: AdapterOptions): readonly string[] {
  const keys = read?.();
  return keys === undefined ? [] : readKeys(keys);
}

function readKeys(secret: string | readonly string[]): readonly string[] {
  const keys: readonly unknown[] = Array.isArray(secret) ? [...secret] : [secret];
  if (keys.length === 0) throw configError('secret is an empty list; give at least one key, or leave the option out.');
  for (const key of keys) {
    if (typeof key !== 'string')
      throw configError(
        `secret holds something of type ${typeof key}; each key is a string. Is an environment variable missing?`,
      );
    if (key === '')
      throw configError(
        'secret holds an empty string; give a long random text, or leave the option out. Is an environment variable empty?',
      );
  }
  return keys as readonly string[];
}

function readClearSiteData(directives: AnyOptions['clearSiteData'] = []): string {
  const known: readonly unknown[] = ['cache', 'cookies', 'storage', '*'];
  if (Array.isArray(directives) && directives.every((directive) => known.includes(directive))) {
    return directives.map((directive) => `"${directive}"`).join(', ');
  }
  throw configError(
    `clearSiteData is ${JSON.stringify(directives)}; it takes a list of 'cache', 'cookies', 'storage' or '*'.`,
  );
}

function readRotation({ rotateEvery = false, rotateGrace = '30s' }: AnyOptions): RotationPolicy {
  return {
    every: rotateEvery === false ? Infinity : parsePositiveDuration('rotateEvery', rotateEvery),
    grace: parseDuration('rotateGrace', rotateGrace),
  };
}

function readLimit({ maxPerSubject, store }: AnyOptions): SubjectLimit | undefined {
  if (maxPerSubject === undefined) return undefined;
  const limit: SubjectLimit =
    typeof maxPerSubject === 'object' ? { ...maxPerSubject } : { max: maxPerSubject, onLimit: 'evict' };
  if (!Number.isSafeInteger(limit.max) || limit.max < 1) {
    throw configError(`maxPerSubject is ${String(limit.max)}; it takes a whole number from 1.`);
  }
  if (limit.onLimit !== 'evict' && limit.onLimit !== 'deny') {
    throw configError(`maxPerSubject.onLimit is ${JSON.stringify(limit.onLimit)}; it takes 'evict' or 'deny'.`);
  }
  if (!hasSubjectIndex(store))
    throw configError("maxPerSubject needs a store that can list a subject's sessions; this one has no `list`.");
  return limit;
}

function readOnStoreError(onStoreError: AnyOptions['onStoreError'] = 'throw'): 'throw' | 'anonymous' {
  if (onStoreError === 'throw' || onStoreError === 'anonymous') return onStoreError;
  throw configError(`onStoreError is ${JSON.stringify(onStoreError)}; it takes 'throw' or 'anonymous'.`);
}

/** The clock's time, but never earlier than it has already been: an expired session stays expired (E4). */
function createRisingNow(clock: Clock): () => number {
  let latest = Number.NEGATIVE_INFINITY;
  return () => {
    latest = Math.max(latest, clock.now());
    return latest;
  };
}

/** How many expired records one sweep removes; few enough to cost no request a pause. */
const sweepBatch = 100;

/** Sweeps beside the creation of sessions, which is what fills a store; no timer keeps the process alive for it. */
function createSweeper(
  { store, sweepEvery = '1m' }: AnyOptions,
  clock: Clock,
  guarded: GuardedStore,
  events: EventHub,
): () => void {
  const every = sweepEvery === false ? Infinity : parseDuration('sweepEvery', sweepEvery);
  if (every === Infinity || !isSweepable(store)) return () => {};
  let nextAt = clock.now() + every;
  let isSweeping = false;
  return () => {
    if (isSweeping || clock.now() < nextAt) return;
    isSweeping = true;
    const sweep = async () => {
      try {
        const removed = await guarded.call('sweep', () => store.sweep(sweepBatch));
        // A full batch means that there is more: the next new session goes on with it.
        nextAt = clock.now() + (removed < sweepBatch ? every : 0);
      } catch (error) {
        nextAt = clock.now() + every;
        events.emit('error', { error });
      }
      isSweeping = false;
    };
    void sweep();
  };
}
