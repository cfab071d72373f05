import type { SessionEvents } from './events.js';

type Insecurity = SessionEvents['insecure'];

const trustInGeneral = 'Tell the framework to trust it, or open the session with `https: true`.';

/** The event for a cookie that a browser would not keep. `trustRemedy` says how the framework is told that a proxy in front of it ends TLS. */
export function unsendableCookie(trustRemedy = trustInGeneral): Insecurity {
  return {
    problem: 'secure-cookie-over-http',
    remedy:
      "cookie.secure is true and the request came over plain HTTP, so the session's cookie was not sent and no session was started. Serve the app over " +
      `HTTPS, or use cookie.secure: 'auto'. If a proxy in front of this server ends TLS: ${trustRemedy}`,
  };
}

/** The event for a cookie without `Secure` on a request that a proxy seems to have received over HTTPS: somebody forgot to trust the proxy. */
export function untrustedProxy(trustRemedy: string): Insecurity {
  return {
    problem: 'proxy-not-trusted',
    remedy:
      'A session cookie was sent without Secure, though a header says that the browser used HTTPS. If a proxy is in front of this server: ' +
      `${trustRemedy} If there is none, a client has made the header up.`,
  };
}
