import { Redis } from 'ioredis';
import { findBinary } from './find-binary.js';
import { findFreePort } from './free-port.js';
import { makeServerFolder, startServerProcess } from './server-process.js';

export interface RedisServer {
  /** `redis://127.0.0.1:<port>`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Ends the server as a crash would. */
  stop(): Promise<void>;
}

export function findRedisServer(): string | undefined {
  return findBinary(['redis-server', 'valkey-server']);
}

/** Starts an empty Redis on a free port; `settings` are lines of redis.conf, e.g. `{ 'maxmemory-policy': 'noeviction' }`. */
export async function startRedisServer(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const command = findRedisServer();
  if (command === undefined) throw new Error('redis-server not found; apt-get install redis-server');
  const host = '127.0.0.1';
  const port = await findFreePort();
  const url = `redis://${host}:${port}`;
  const folder = await makeServerFolder('sess-redis-');
  // Snapshots are off: what is tested is one server's life, and the folder goes with it.
  const conf = { bind: host, port: String(port), dir: folder, save: '', ...settings };
  const args = Object.entries(conf).flatMap(([name, value]) => [`--${name}`, value]);
  const { stop } = await startServerProcess({
    command,
    args,
    folder,
    stopSignal: 'KILL',
    ping: () => sendRedis(url, ['PING']),
  });
  return { url, host, port, stop };
}

/** Sends one command over a connection of its own; for setting up, not for measuring. */
export async function sendRedis(url: string, command: readonly string[]): Promise<unknown> {
  const [reply] = await sendAllRedis(url, [command]);
  return reply;
}

/** Sends several commands at once over a connection of their own. */
export async function sendAllRedis(url: string, commands: readonly (readonly string[])[]): Promise<unknown[]> {
  // Not node-redis, which rebuilds a client's class whenever the one before was of another kind.
  const client = new Redis(url, {
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 10_000,
  });
  // Without a listener it would print what the promises below reject with.
  client.on('error', () => {});
  await client.connect();
  try {
    return await Promise.all(commands.map(([name = '', ...args]) => client.call(name, ...args)));
  } finally {
    client.disconnect();
  }
}
