import type { SessionContext, SessionMiddleware } from './session.js';

/**
 * Tells TypeScript which middleware `ctx.session` comes from, once for the whole application, where `.use` is not chained or a router has
 * contexts of its own: `declare module '@sess/koa' { interface Register { session: typeof sessions } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the application fills it.
export interface Register {}

/** What is added to every context: nothing, unless a middleware has been registered. */
export type RegisteredContext = ContextOf<Register>;

/** What a registration gives. A mistaken one gives a sentence about it, not nothing, which would pass unnoticed. */
export type ContextOf<R> = R extends { session: SessionMiddleware<infer T> }
  ? SessionContext<T>
  : [keyof R] extends [never]
    ? // biome-ignore lint/complexity/noBannedTypes: an interface cannot extend `unknown`.
      {}
    : { session: 'Register takes { session: typeof sessions }, where sessions is what session({ … }) returned' };

declare module 'koa' {
  // Koa's own context types every unknown name as `any`, but not a known one.
  interface DefaultContext extends RegisteredContext {}
}
