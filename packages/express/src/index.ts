export type { Callback } from '@sess/node';
export type { CallbackVerbs, ExpressSession } from './express-session.js';
export type { ExpressSessionOptions } from './options.js';
export type { Register, RegisteredSession } from './register.js';
export { type SessionMiddleware, session } from './session.js';
