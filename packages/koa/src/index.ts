export { type SessionContext, type SessionMiddleware, session } from './session.js';
