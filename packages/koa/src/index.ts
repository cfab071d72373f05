export type { Register, RegisteredContext } from './register.js';
export { type SessionContext, type SessionMiddleware, session } from './session.js';
