export type { HeadAdditions } from './head-additions.js';
export { holdResponse } from './hold-response.js';
export type { NodeResponse } from './response.js';
export type { ResponseHooks } from './response-hooks.js';
export { isEncrypted, type NodeRequest, readProtocolHint } from './transport.js';
