import type { UntypedData } from '@sess/core';
import type { ExpressSession } from './express-session.js';
import type { SessionMiddleware } from './session.js';

/**
 * Tells TypeScript which middleware `req.session` comes from, once for the whole application:
 * `declare module '@sess/express' { interface Register { session: typeof sessions } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the application fills it.
export interface Register {}

/** The type of `req.session`: that of the registered middleware, or untyped data. */
export type RegisteredSession = SessionOf<Register>;

/** What a registration gives. A mistaken one gives a sentence about it, not untyped data, which would pass unnoticed. */
export type SessionOf<R> = R extends { session: SessionMiddleware<infer T> }
  ? ExpressSession<T>
  : [keyof R] extends [never]
    ? ExpressSession<UntypedData>
    : 'Register takes { session: typeof sessions }, where sessions is what session({ … }) returned';

declare global {
  namespace Express {
    interface Request {
      /** The session of the last session middleware that the request has passed. `null` ends it, and it then stays `null`. */
      get session(): RegisteredSession;
      set session(ended: RegisteredSession | null);
      /** The session's `id`, by the name that express-session has for it. Asking for it makes the response vary by cookie, as asking for the session does. */
      readonly sessionID: string;
    }
  }
}
