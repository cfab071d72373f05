import type { CookiePolicy } from './cookie-options.js';

/** RFC 6265bis, section 5.6: browsers cap Max-Age at 400 days. */
const longestMaxAge = 400 * 24 * 60 * 60;

/** Writes the `Set-Cookie` values of one cookie policy. */
export class CookieWriter {
  readonly #policy: CookiePolicy;
  readonly #attributes: string;

  constructor(policy: CookiePolicy) {
    this.#policy = policy;
    this.#attributes = formatAttributes(policy);
  }

  /** Whether every session's cookie has its own lifetime, which has to follow the session's. */
  get isPersistent(): boolean {
    return this.#policy.persistent;
  }

  /**
   * Sets the cookie to `token`. A persistent cookie's Max-Age is the `lifetime` (ms) that the session has left,
   * rounded up to a second (E5); `https` says whether the request came over HTTPS, for `secure: 'auto'`.
   */
  set(token: string, lifetime: number, https: boolean, isPersistent = this.isPersistent): string {
    const seconds = Math.min(Math.ceil(lifetime / 1000), longestMaxAge);
    return this.#write(token, isPersistent ? `; Max-Age=${seconds}` : '', https);
  }

  /** Removes the cookie: no time left, and the same attributes, by which browsers match it. */
  clear(https: boolean): string {
    return this.#write('', '; Max-Age=0', https);
  }

  /** Whether a browser would keep the cookie; `https`: the request came over HTTPS. */
  canSend(https: boolean): boolean {
    return https || this.#policy.secure !== true;
  }

  #write(value: string, maxAge: string, https: boolean): string {
    const secure = this.#policy.secure === true || (this.#policy.secure === 'auto' && https) ? '; Secure' : '';
    return `${this.#policy.name}=${value}${maxAge}${this.#attributes}${secure}`;
  }
}

function formatAttributes({ path, domain, sameSite, partitioned }: CookiePolicy): string {
  const site = { lax: 'Lax', strict: 'Strict', none: 'None' }[sameSite];
  return [
    domain === undefined ? '' : `; Domain=${domain}`,
    `; Path=${path}`,
    '; HttpOnly',
    `; SameSite=${site}`,
    partitioned ? '; Partitioned' : '',
  ].join('');
}
