export type { Register, RegisteredSession } from './register.js';
export { type SessionPlugin, session } from './session.js';
