export { type SessionEnv, type SessionMiddleware, session } from './session.js';
