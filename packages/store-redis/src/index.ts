export type { IoredisClient, NodeRedisClient, RedisClient } from './client.js';
export { RedisStoreError } from './errors.js';
export type { RedisStoreOptions } from './options.js';
export { type RedisStore, redisStore } from './redis-store.js';
