import type { SessionStore, SubjectIndex } from '@sess/core';
import type { Cluster, Redis } from 'ioredis';
import type { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import {
  createClient,
  createClientPool,
  createCluster,
  createSentinel,
  type RedisClientType,
  type RedisClusterType,
} from 'redis';
import {
  createClient as createClient5,
  createClientPool as createClientPool5,
  createCluster as createCluster5,
  createSentinel as createSentinel5,
} from 'redis5';
import { describe, expectTypeOf, it } from 'vitest';
import { type RedisClient, redisStore } from './index.js';

describe('redisStore', () => {
  it('takes every client as its library types it', () => {
    expectTypeOf<Redis>().toExtend<RedisClient>();
    expectTypeOf<Cluster>().toExtend<RedisClient>();
    expectTypeOf<Redis5>().toExtend<RedisClient>();
    expectTypeOf<Cluster5>().toExtend<RedisClient>();
    expectTypeOf<RedisClientType>().toExtend<RedisClient>();
    expectTypeOf<RedisClusterType>().toExtend<RedisClient>();
    expectTypeOf(createClient()).toExtend<RedisClient>();
    expectTypeOf(createClient({ RESP: 3 })).toExtend<RedisClient>();
    expectTypeOf(createClientPool()).toExtend<RedisClient>();
    expectTypeOf(createCluster({ rootNodes: [] })).toExtend<RedisClient>();
    expectTypeOf(createSentinel({ name: 'a', sentinelRootNodes: [] })).toExtend<RedisClient>();
    expectTypeOf(createClient5()).toExtend<RedisClient>();
    expectTypeOf(createClient5({ RESP: 3 })).toExtend<RedisClient>();
    expectTypeOf(createClientPool5()).toExtend<RedisClient>();
    expectTypeOf(createCluster5({ rootNodes: [] })).toExtend<RedisClient>();
    expectTypeOf(createSentinel5({ name: 'a', sentinelRootNodes: [] })).toExtend<RedisClient>();
  });

  it('is a store with a subject index and no other ability', () => {
    const store = redisStore({ client: createClient() });
    expectTypeOf(store).toEqualTypeOf<SessionStore & SubjectIndex>();
    expectTypeOf(store).not.toHaveProperty('sweep');
    expectTypeOf(store).not.toHaveProperty('close');
  });

  it('refuses what is no client, and options it does not know', () => {
    // @ts-expect-error a client is required
    redisStore({});
    // @ts-expect-error a URL is no client
    redisStore({ client: 'redis://127.0.0.1' });
    // @ts-expect-error the key's life follows from each record, so there is no ttl
    redisStore({ client: createClient(), ttl: 60 });
  });
});
