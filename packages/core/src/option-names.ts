import type { CookieOptions } from './cookie/cookie-options.js';
import { configError } from './errors.js';
import type { RememberOptions } from './expiry.js';
import type { SessionOptions } from './options.js';

/** Every option; the type makes the compiler check that none is missing. */
const sessionOptions: Readonly<Record<keyof SessionOptions | 'schema', true>> = {
  store: true,
  secret: true,
  schema: true,
  initial: true,
  cookie: true,
  codec: true,
  merge: true,
  idleTimeout: true,
  absoluteTimeout: true,
  touchEvery: true,
  remember: true,
  rotateEvery: true,
  rotateGrace: true,
  maxPerSubject: true,
  storeTimeout: true,
  onStoreError: true,
  clearSiteData: true,
  sweepEvery: true,
  clock: true,
};

/** Whether `session()` has an option of this name. */
export function isSessionOption(name: string): boolean {
  return Object.hasOwn(sessionOptions, name);
}

const cookieOptions: Readonly<Record<keyof CookieOptions, true>> = {
  name: true,
  path: true,
  domain: true,
  secure: true,
  sameSite: true,
  partitioned: true,
  httpOnly: true,
  maxAge: true,
  persistent: true,
};

const rememberOptions: Readonly<Record<keyof RememberOptions, true>> = {
  idleTimeout: true,
  absoluteTimeout: true,
  touchEvery: true,
};

/**
 * Throws `ERR_SESS_CONFIG` for an unknown option: a misspelt `idleTimeout` would otherwise silently leave the default in force. `own` are
 * the adapter's.
 */
export function refuseUnknownOptions(
  options: { readonly cookie?: CookieOptions | undefined; readonly remember?: RememberOptions | undefined },
  own: readonly string[] = [],
): void {
  refuseUnknown('', options, [...Object.keys(sessionOptions), ...own]);
  const { cookie = {}, remember = {} } = options;
  if (typeof cookie !== 'object' || cookie === null) {
    throw configError(`cookie is ${JSON.stringify(cookie)}; it takes an object, such as { cookie: { maxAge: '7d' } }.`);
  }
  refuseUnknown('cookie.', cookie, Object.keys(cookieOptions));
  if (typeof remember !== 'object' || remember === null) {
    throw configError(
      `remember is ${JSON.stringify(remember)}; it takes an object, such as { remember: { idleTimeout: '14d', absoluteTimeout: '90d' } }.`,
    );
  }
  refuseUnknown('remember.', remember, Object.keys(rememberOptions));
}

/** Options of other libraries' stores that no store of Sess has, and what there is instead. */
const noStoreOptions: Readonly<Record<string, string>> = {
  ttl: 'a session lives as long as `idleTimeout` and `absoluteTimeout` of session() say',
  disableTouch: 'how often a session is touched is `touchEvery` of session()',
};

/**
 * Throws `ERR_SESS_CONFIG` unless `options`, which a user has given to the function called `maker`, is an object with no other keys
 * than those of `known`; the message names them all. `hints` say, by an unknown name, what there is instead.
 */
export function refuseUnknownStoreOptions(
  maker: string,
  options: unknown,
  known: Readonly<Record<string, true>>,
  hints: Readonly<Record<string, string>> = {},
): void {
  const there = `There are: ${Object.keys(known).join(', ')}.`;
  if (typeof options !== 'object' || options === null) {
    // Not the value: it may be the address of a server, with its password.
    const given = options == null ? String(options) : `a ${typeof options}`;
    throw configError(`${maker} takes an object of options, not ${given}. ${there}`);
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const allHints = { ...noStoreOptions, ...hints };
  const hint = Object.hasOwn(allHints, unknown) ? `: ${allHints[unknown]}` : '';
  throw configError(`${maker}: there is no option ${unknown}${hint}. ${there}`);
}

function refuseUnknown(prefix: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name))
      throw configError(
        `There is no option ${prefix}${name}. There are: ${known.map((one) => prefix + one).join(', ')}.`,
      );
  }
}
