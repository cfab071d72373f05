import type { Session, UntypedData } from '@sess/core';
import type { SessionPlugin } from './session.js';

/**
 * Tells TypeScript which plugin `request.session` comes from, once for the whole application:
 * `declare module '@sess/fastify' { interface Register { session: typeof sessions } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the application fills it.
export interface Register {}

/** The type of `request.session`: that of the registered plugin, or untyped data. */
export type RegisteredSession = SessionOf<Register>;

/** What a registration gives. A mistaken one gives a sentence about it, not untyped data, which would pass unnoticed. */
export type SessionOf<R> = R extends { session: SessionPlugin<infer T> }
  ? Session<T>
  : [keyof R] extends [never]
    ? Session<UntypedData>
    : 'Register takes { session: typeof sessions }, where sessions is what session({ … }) returned';

declare module 'fastify' {
  interface FastifyRequest {
    /** The session of the last session plugin whose hooks the request has passed. `null` ends it, and it then stays `null`. */
    get session(): RegisteredSession;
    set session(ended: RegisteredSession | null);
  }
}
