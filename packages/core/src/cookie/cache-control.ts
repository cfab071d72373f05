/**
 * The `Cache-Control` of a response that sets a session's cookie, given the application's own: `no-store` where there is none, or where it lets shared caches
 * keep the response and hand one visitor's cookie to the next (CVE-2023-30861); otherwise what the application says.
 */
export function cacheControlWithCookie(own: string | undefined): string {
  return own === undefined || /\b(?:public|s-maxage)\b/i.test(own) ? 'no-store' : own;
}
