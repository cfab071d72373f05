export { type HonoSessionOptions, type SessionEnv, type SessionMiddleware, session } from './session.js';
