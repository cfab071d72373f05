export { bundleScript } from './bundle-script.js';
export { findChromium } from './chromium.js';
export { findFreePort } from './free-port.js';
export { poll } from './poll.js';
export { findPostgres, type PostgresServer, startPostgresServer, startPostgresStandby } from './postgres-server.js';
export { type RedisCluster, startRedisCluster } from './redis-cluster.js';
export { findRedisServer, type RedisServer, sendAllRedis, sendRedis, startRedisServer } from './redis-server.js';
export { runsPerProperty, scaleRuns } from './runs.js';
export { describeWithProgram, describeWithService, type Services } from './services.js';
