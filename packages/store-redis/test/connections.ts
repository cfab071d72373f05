import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import { createClient, createCluster } from 'redis';
import { createClient as createClient5, createCluster as createCluster5 } from 'redis5';
import type { IoredisClient, NodeRedisClient, RedisClient } from '../src/index.js';

/** A connected client and the way to end it, whatever state it is in. */
export interface Connection {
  readonly client: RedisClient;
  close(): void;
}

/** One client library in one major version. */
export interface ConnectionKind {
  readonly name: string;
  /** Whether it sends commands again whose reply a dropped connection has swallowed. */
  readonly resends: boolean;
  connect(url: string): Promise<Connection>;
  connectCluster(urls: readonly string[]): Promise<Connection>;
}

interface Connectable {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
}

interface NodeRedisHandle extends NodeRedisClient, Connectable {
  destroy(): void;
}

interface IoredisHandle extends IoredisClient, Connectable {
  disconnect(): void;
}

const ignore = () => {};

function nodeRedis(
  name: string,
  create: (options: { url: string }) => NodeRedisHandle,
  createOfCluster: (options: { rootNodes: { url: string }[] }) => NodeRedisHandle,
): ConnectionKind {
  const open = async (client: NodeRedisHandle) => {
    client.on('error', ignore);
    await client.connect();
    return { client, close: () => client.destroy() };
  };
  return {
    name,
    resends: false,
    connect: (url) => open(create({ url })),
    connectCluster: (urls) => open(createOfCluster({ rootNodes: urls.map((url) => ({ url })) })),
  };
}

function ioredis(
  name: string,
  create: (url: string) => IoredisHandle,
  createOfCluster: (urls: string[]) => IoredisHandle,
): ConnectionKind {
  const open = async (client: IoredisHandle) => {
    client.on('error', ignore);
    await client.connect();
    return { client, close: () => client.disconnect() };
  };
  return {
    name,
    resends: true,
    connect: (url) => open(create(url)),
    connectCluster: (urls) => open(createOfCluster([...urls])),
  };
}

// ioredis waits, by default up to ten seconds, before it asks again whether a server has loaded its data.
const lazily = { lazyConnect: true, maxLoadingRetryTime: 100 };

export const nodeRedis6 = nodeRedis('node-redis 6', createClient, createCluster);
export const nodeRedis5 = nodeRedis('node-redis 5', createClient5, createCluster5);
export const ioredis6 = ioredis(
  'ioredis 6',
  (url) => new Redis(url, lazily),
  (urls) => new Cluster(urls, { lazyConnect: true }),
);
export const ioredis5 = ioredis(
  'ioredis 5',
  (url) => new Redis5(url, lazily),
  (urls) => new Cluster5(urls, { lazyConnect: true }),
);

export const connectionKinds: readonly ConnectionKind[] = [nodeRedis6, nodeRedis5, ioredis6, ioredis5];
