/**
 * The `Cache-Control` of a response that sets a session's cookie, given the application's `own`: that value if it keeps
 * the response from shared caches, else `no-store`. They may store whatever is not `private` or `no-store` (RFC 9111, section 3), a
 * `Set-Cookie` included, and hand one visitor's cookie to the next (CVE-2023-30861).
 */
export function cacheControlWithCookie(own: string | undefined): string {
  const isKept = own !== undefined && keepsOut.test(own) && !letsIn.test(own);
  return isKept ? own : 'no-store';
}

/** With a value, such as `private="x-name"`, the directive applies to that field only. */
const keepsOut = /\b(?:private|no-store)\b(?!\s*=)/i;
/** A cache that implements `must-understand` passes over the `no-store` beside it (RFC 9111, section 5.2.2.3). */
const letsIn = /\b(?:public|s-maxage|must-understand)\b/i;

/** The `Vary` of a response that depends on the session's cookie, given the application's `own`, of which nothing is repeated or lost. */
export function varyWithCookie(own: string | undefined): string {
  if (own === undefined) return 'Cookie';
  const fields = own
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '');
  const isCovered = fields.some((field) => field === '*' || field.toLowerCase() === 'cookie');
  return isCovered ? own : [...fields, 'Cookie'].join(', ');
}
