import type { SessionContext, SessionMiddleware } from './session.js';

/**
 * Tells TypeScript which middleware `ctx.session` comes from, once for the whole application, where `.use` is not chained or a router has
 * contexts of its own: `declare module '@sess/koa' { interface Register { session: typeof sessions } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the application fills it.
export interface Register {}

/** What is added to every context: nothing, unless a middleware has been registered. */
// biome-ignore lint/complexity/noBannedTypes: an interface cannot extend `unknown`.
export type RegisteredContext = Register extends { session: SessionMiddleware<infer T> } ? SessionContext<T> : {};

declare module 'koa' {
  // Koa's own context types every unknown name as `any`, but not a known one.
  interface DefaultContext extends RegisteredContext {}
}
