import { assertClock } from './clock.js';
import { assertCodec } from './codec.js';
import { parseDuration, parsePositiveDuration } from './duration.js';
import { configError } from './errors.js';
import type { resolveExpiry } from './expiry.js';
import { assertMergeRules, type MergeRules } from './merge.js';
import { refuseUnknownOptions } from './option-names.js';
import type { AdapterOptions, SessionOptions } from './options.js';
import { assertSchema, type Schema } from './schema.js';
import type { RotationPolicy } from './secrets.js';
import { hasSubjectIndex, type SessionStore } from './store.js';
import type { SubjectLimit } from './subject-sessions.js';

/** Options for any data type, as seen inside the core. */
export type AnyOptions = Omit<SessionOptions<never>, 'initial' | 'merge'> & {
  readonly initial?: object | (() => object);
  readonly merge?: unknown;
  readonly schema?: Schema | undefined;
};

interface CheckedParts {
  readonly merge?: MergeRules<Record<string, unknown>>;
}

/** Throws a configuration error for an unknown option, or for an object that lacks the parts it needs. */
export function assertParts(
  options: AnyOptions,
  adapter: AdapterOptions,
): asserts options is AnyOptions & CheckedParts {
  assertOptions(options);
  refuseUnknownOptions(options, adapter.optionNames);
  assertStore(options.store);
  assertCodec(options.codec);
  assertSchema(options.schema);
  assertMergeRules(options.merge);
  assertClock(options.clock);
}

/**
 * Throws a configuration error unless `options` is an object, for adapters to call before they look into it. `usage` says how to call
 * their `session()`, for those who have passed `session` itself to the framework, or the framework's application to `session()`.
 */
export function assertOptions(options: unknown, usage = 'Call it with an object, such as session({ secret }).'): void {
  if (typeof options === 'function') throw configError(`session() was given a function, not options. ${usage}`);
  if (typeof options === 'object' && options !== null) {
    if (!isFrameworkObject(options)) return;
    throw configError(`session() was given an application or a request of the framework, not options. ${usage}`);
  }
  const found = options === null || options === undefined ? String(options) : `a ${typeof options}`;
  throw configError(
    `The options are ${found}. Give an object: session({}) takes every default; createSessions() needs a store, such as { store: memoryStore() }.`,
  );
}

/** Whether an object is an application, a request or a context of Express, Koa, Fastify, Hono, Node or the Fetch API. */
function isFrameworkObject(value: object): boolean {
  const { use, register, headers, req } = value as Readonly<Record<string, unknown>>;
  return typeof (use ?? register) === 'function' || typeof (headers ?? req) === 'object';
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

/** The time limits; `cookie.maxAge` is another name for one of them. */
export function readExpiryOptions(options: AnyOptions): Parameters<typeof resolveExpiry>[0] {
  const maxAge = options.cookie?.maxAge;
  if (maxAge === undefined) return options;
  if (options.idleTimeout !== undefined) {
    throw configError(
      'cookie.maxAge and idleTimeout say the same thing. Keep idleTimeout, with cookie.persistent: true to outlive the browser window.',
    );
  }
  parsePositiveDuration('cookie.maxAge', maxAge);
  return { ...options, idleTimeout: maxAge };
}

/** The framework's keys, for an application that gave none. */
export function readFallbackKeys({ readFallbackKeys: read }: AdapterOptions): readonly string[] {
  const keys = read?.();
  return keys === undefined ? [] : readKeys(keys);
}

/** The keys of the option `secret`; the first one signs. */
export function readKeys(secret: string | readonly string[]): readonly string[] {
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

/** The value of the header `Clear-Site-Data` for a logout; empty if none is to be sent. */
export function readClearSiteData(directives: AnyOptions['clearSiteData'] = []): string {
  const known: readonly unknown[] = ['cache', 'cookies', 'storage', '*'];
  if (Array.isArray(directives) && directives.every((directive) => known.includes(directive))) {
    return directives.map((directive) => `"${directive}"`).join(', ');
  }
  throw configError(
    `clearSiteData is ${JSON.stringify(directives)}; it takes a list of 'cache', 'cookies', 'storage' or '*'.`,
  );
}

/** A thousand years, in ms: stands for always, since a record holds the time at which a grace ends. */
const longestGrace = 1000 * 365 * 24 * 60 * 60_000;

/** When a session gets a new secret by itself, and how long the old one still works. */
export function readRotation({ rotateEvery = false, rotateGrace = '30s' }: AnyOptions): RotationPolicy {
  return {
    every: rotateEvery === false ? Infinity : parsePositiveDuration('rotateEvery', rotateEvery),
    grace: Math.min(parseDuration('rotateGrace', rotateGrace), longestGrace),
  };
}

/** How many sessions a subject may have; `undefined`: any number. */
export function readLimit({ maxPerSubject, store }: AnyOptions): SubjectLimit | undefined {
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

/** What happens to a request whose session cannot be read. */
export function readOnStoreError(onStoreError: AnyOptions['onStoreError'] = 'throw'): 'throw' | 'anonymous' {
  if (onStoreError === 'throw' || onStoreError === 'anonymous') return onStoreError;
  throw configError(`onStoreError is ${JSON.stringify(onStoreError)}; it takes 'throw' or 'anonymous'.`);
}

/** How often expired records are removed from a store that needs it, in ms; `Infinity`: never. */
export function readSweepEvery({ sweepEvery = '1m' }: AnyOptions): number {
  return sweepEvery === false ? Infinity : parseDuration('sweepEvery', sweepEvery);
}
