import type { Duration } from '../duration.js';
import { configError } from '../errors.js';

/** How the session's cookie is written. */
export interface CookieOptions {
  /**
   * The cookie's name. Default `'sid'`, or `'__Host-sid'` where the other options allow that prefix
   * (`secure: true`, no `domain`, path `'/'`).
   */
  readonly name?: string;
  /** The path below which browsers send the cookie. Default `'/'`. */
  readonly path?: string;
  /** Shares the cookie with the subdomains of this domain. Default: the cookie stays with the host that set it. */
  readonly domain?: string;
  /**
   * `true`: only over HTTPS; over plain HTTP no session is started. `false`: over both.
   * Default `'auto'`: marked `Secure` on requests that came over HTTPS.
   */
  readonly secure?: boolean | 'auto';
  /** Which cross-site requests carry the cookie. Default `'lax'`; `'none'` needs `secure: true`. */
  readonly sameSite?: 'lax' | 'strict' | 'none';
  /** One cookie jar per embedding site (CHIPS). Needs `secure: true`. */
  readonly partitioned?: boolean;
  /** Always true: page scripts never see the token (ASVS 3.3.4). */
  readonly httpOnly?: true;
  /**
   * Ends the session after this much inactivity and keeps the cookie when the browser is closed.
   * The same as `idleTimeout` with `persistent: true`.
   */
  readonly maxAge?: Duration;
  /** Whether the cookie outlives the browser's window, for as long as the session does. Default: only with `maxAge`. */
  readonly persistent?: boolean;
}

/** Cookie options with the defaults filled in and every contradiction refused. */
export interface CookiePolicy {
  readonly name: string;
  readonly path: string;
  readonly domain: string | undefined;
  readonly secure: boolean | 'auto';
  readonly sameSite: 'lax' | 'strict' | 'none';
  readonly partitioned: boolean;
  readonly persistent: boolean;
}

/** RFC 6265bis, section 4.1.1: a token of RFC 9110. */
const namePattern = /^[!#$%&'*+\-.^_`|~\w]{1,256}$/;
/** RFC 6265bis: any character but controls and `;`; at most 1024 bytes, and non-ASCII is not portable. */
const pathPattern = /^\/[\x20-\x3a\x3c-\x7e]{0,1023}$/;
const domainPattern = /^\.?(?!-)[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63})*$/i;

/** The cookie policy the options ask for; throws a configuration error where a browser would drop the cookie. */
export function resolveCookie(options: CookieOptions = {}): CookiePolicy {
  const { path = '/', domain, secure = 'auto', sameSite = 'lax', partitioned = false } = options;
  const policy: CookiePolicy = {
    name: options.name ?? (secure === true && domain === undefined && path === '/' ? '__Host-sid' : 'sid'),
    path,
    domain,
    secure,
    sameSite,
    partitioned,
    persistent: options.persistent ?? options.maxAge !== undefined,
  };
  checkSyntax(options, policy);
  checkSecurity(policy);
  checkPrefix(policy);
  return Object.freeze(policy);
}

function checkSyntax(options: CookieOptions, policy: CookiePolicy): void {
  if (!namePattern.test(policy.name)) {
    throw configError(
      `cookie.name is ${JSON.stringify(policy.name)}; it takes 1 to 256 letters, digits or any of !#$%&'*+-.^_\`|~`,
    );
  }
  if (!pathPattern.test(policy.path)) {
    throw configError(
      `cookie.path is ${JSON.stringify(policy.path)}; it takes a path such as '/' or '/app', without ';' and in ASCII.`,
    );
  }
  if (policy.domain !== undefined && !isDomain(policy.domain)) {
    throw configError(`cookie.domain is ${JSON.stringify(policy.domain)}; it takes a host name such as 'example.com'.`);
  }
  if (!['lax', 'strict', 'none'].includes(policy.sameSite)) {
    throw configError(
      `cookie.sameSite is ${JSON.stringify(policy.sameSite)}; it takes 'lax', 'strict' (what others call true) or 'none'.`,
    );
  }
  if (![true, false, 'auto'].includes(policy.secure)) {
    throw configError(`cookie.secure is ${JSON.stringify(policy.secure)}; it takes true, false or 'auto'.`);
  }
  for (const name of ['partitioned', 'persistent'] as const) {
    if (typeof policy[name] === 'boolean') continue;
    throw configError(`cookie.${name} is ${JSON.stringify(policy[name])}; it takes true or false.`);
  }
  if ((options.httpOnly ?? true) !== true) {
    throw configError(
      'cookie.httpOnly cannot be switched off: a token that page scripts can read is one they can leak. Remove the option.',
    );
  }
}

function isDomain(domain: unknown): boolean {
  return typeof domain === 'string' && domainPattern.test(domain) && domain.length <= 253;
}

function checkSecurity({ secure, sameSite, partitioned }: CookiePolicy): void {
  if (secure === true) return;
  if (sameSite === 'none') {
    throw configError("cookie.sameSite 'none' needs cookie.secure: true; browsers drop such a cookie otherwise.");
  }
  if (partitioned)
    throw configError('cookie.partitioned needs cookie.secure: true; browsers drop such a cookie otherwise.');
}

/** RFC 6265bis, section 4.1.3, `__Host-Http-` included; browsers compare the prefixes case-insensitively. */
function checkPrefix({ name, secure, domain, path }: CookiePolicy): void {
  const [prefix] = /^__(?:host|http|secure)-/i.exec(name) ?? [];
  if (prefix === undefined) return;
  if (secure !== true) throw configError(`cookie.name ${name} needs cookie.secure: true, as its prefix promises.`);
  if (prefix.toLowerCase() !== '__host-') return;
  if (domain !== undefined) throw configError(`cookie.name ${name} allows no cookie.domain; drop one of the two.`);
  if (path !== '/') throw configError(`cookie.name ${name} needs cookie.path '/'; it is ${JSON.stringify(path)}.`);
}
