import { type Duration, parseDuration, parsePositiveDuration } from './duration.js';
import { configError } from './errors.js';

/**
 * Whether something that expires at `expiresAt` (epoch ms) is expired at `now`. Equal means expired; so does what is not a time, as in a
 * damaged record. The only comparison of its kind: the core and every store use it.
 */
export function isExpired(expiresAt: number, now: number): boolean {
  return !(expiresAt > now);
}

/** The limits of a session's life, as options. */
export interface ExpiryOptions {
  /** How long a session lives after its last request. Default `'1h'`. `false`: for as long as `absoluteTimeout` allows. */
  readonly idleTimeout?: Duration | false;
  /**
   * How long a session lives after it was created or last logged in, regardless of activity.
   * Default `'24h'`, or `idleTimeout` where that is longer. `false`: no such limit.
   */
  readonly absoluteTimeout?: Duration | false;
  /**
   * A request extends the session's life in the store only if that gains at least this much. Shorter than `idleTimeout`. Default: a tenth of
   * it, `'1m'` at most.
   */
  readonly touchEvery?: Duration;
}

/**
 * The limits of a remembered session's life: one whose last login was `login(subject, { remember: true })`. They replace the
 * ordinary ones, none of which applies to such a session.
 */
export interface RememberOptions extends ExpiryOptions {
  /** How long a remembered session lives after its last request. Default `'14d'`. `false`: for as long as `absoluteTimeout` allows. */
  readonly idleTimeout?: Duration | false;
  /**
   * How long a remembered session lives after its login, regardless of activity. Default `'90d'`, or `idleTimeout` where that is
   * longer. `false`: no such limit.
   */
  readonly absoluteTimeout?: Duration | false;
  /** Like the ordinary `touchEvery`. Default: a tenth of this `idleTimeout`, `'1m'` at most. */
  readonly touchEvery?: Duration;
}

/** The limits in force, in milliseconds; `Infinity` where the application has switched one off. */
export interface ExpiryPolicy {
  readonly idleTimeout: number;
  readonly absoluteTimeout: number;
  readonly touchEvery: number;
}

/** The session timeouts of NIST SP 800-63B, by authenticator assurance level: spread one into the options. */
export const presets = {
  AAL1: { idleTimeout: false, absoluteTimeout: '30d' },
  AAL2: { idleTimeout: '1h', absoluteTimeout: '24h' },
  AAL3: { idleTimeout: '15m', absoluteTimeout: '12h' },
} as const satisfies Record<string, ExpiryOptions>;

/** Stands for never: 9999-12-31, a date that every store can hold. */
const farthest = Date.UTC(9999, 11, 31);

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The defaults, in ms, and the prefix of the options' names in errors. */
interface ExpiryDefaults {
  readonly prefix: '' | 'remember.';
  readonly idleTimeout: number;
  readonly absoluteTimeout: number;
}

/** The policy that the options ask for, defaults filled in. */
export function resolveExpiry(options: ExpiryOptions): ExpiryPolicy {
  return resolvePolicy(options, { prefix: '', idleTimeout: hour, absoluteTimeout: day });
}

/** The policy that the option `remember` asks for, defaults filled in. */
export function resolveRememberedExpiry(options: RememberOptions): ExpiryPolicy {
  return resolvePolicy(options, { prefix: 'remember.', idleTimeout: 14 * day, absoluteTimeout: 90 * day });
}

function resolvePolicy(options: ExpiryOptions, defaults: ExpiryDefaults): ExpiryPolicy {
  const { prefix } = defaults;
  const { idleTimeout = defaults.idleTimeout } = options;
  const idle = idleTimeout === false ? Infinity : parsePositiveDuration(`${prefix}idleTimeout`, idleTimeout);
  const absolute = resolveAbsolute(options.absoluteTimeout, idle, defaults);
  const touchEvery =
    options.touchEvery === undefined
      ? Math.min(Math.floor(idle / 10), minute)
      : parseDuration(`${prefix}touchEvery`, options.touchEvery);
  if (touchEvery >= idle) {
    throw configError(
      `${prefix}touchEvery (${touchEvery} ms) is not shorter than ${prefix}idleTimeout (${idle} ms), so no request would extend a session in time. ` +
        'Make it a tenth of idleTimeout, or leave it out.',
    );
  }
  return Object.freeze({ idleTimeout: idle, absoluteTimeout: absolute, touchEvery });
}

function resolveAbsolute(
  option: ExpiryOptions['absoluteTimeout'],
  idle: number,
  { prefix, absoluteTimeout }: ExpiryDefaults,
): number {
  if (option === false) return Infinity;
  if (option !== undefined) return parsePositiveDuration(`${prefix}absoluteTimeout`, option);
  return idle === Infinity ? absoluteTimeout : Math.max(absoluteTimeout, idle);
}

/** When a session that is active at `now` and whose absolute period began at `startedAt` expires (epoch ms). */
export function expiryAt(policy: ExpiryPolicy, now: number, startedAt: number): number {
  return Math.min(now + policy.idleTimeout, startedAt + policy.absoluteTimeout, farthest);
}

/** Whether moving the expiry from `current` to `next` gains enough to be worth a touch. */
export function isTouchDue(policy: ExpiryPolicy, current: number, next: number): boolean {
  return next > current && next - current >= policy.touchEvery;
}
