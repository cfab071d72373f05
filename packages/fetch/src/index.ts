export { type FetchExchange, type FetchSessionOptions, type FetchSessions, session } from './session.js';
