export { type AttachOptions, attachSession } from './attach-session.js';
export { createNodeSessions, type NodeSessionOptions } from './create-node-sessions.js';
export type { HeadAdditions } from './head-additions.js';
export { holdResponse } from './hold-response.js';
export { nodeDigest } from './node-digest.js';
export type { NodeResponse } from './response.js';
export type { ResponseHooks } from './response-hooks.js';
export { isEncrypted, type NodeRequest, readProtocolHint } from './transport.js';
