import { SessError } from '@sess/core';
import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { describe, expect, it } from 'vitest';
import { type RedisClient, type RedisStoreOptions, redisStore } from './index.js';

const client = createClient();

function refusal(options: unknown): string {
  try {
    redisStore(options as RedisStoreOptions);
  } catch (error) {
    if (SessError.is(error, 'ERR_SESS_CONFIG')) return error.message;
    throw error;
  }
  return 'none';
}

describe('redisStore refuses', () => {
  it.each([undefined, null, {}, 'redis://127.0.0.1', { get() {} }])('%s in the place of a client', (given) => {
    expect(refusal({ client: given })).toContain('no Redis client');
  });

  it.each([1, null, {}])('%s as a prefix', (prefix) => {
    expect(refusal({ client, prefix })).toContain('prefix');
  });

  it.each([-1, 0.5, Number.NaN, '5m'])('%s as maxClockSkew', (maxClockSkew) => {
    expect(refusal({ client, maxClockSkew })).toContain('maxClockSkew');
  });

  it.each([
    [undefined, 'redisStore takes an object of options, not undefined'],
    [{ client, prefx: 'a:' }, 'no option prefx. There are: client, prefix, clock, maxClockSkew.'],
    [{ client, ttl: 60 }, 'no option ttl: '],
    [{ client, disableTouch: true }, 'no option disableTouch: '],
  ])('options it does not know (%#)', (options, message) => {
    expect(refusal(options)).toContain(message);
  });

  // D1: a replica or a cache of the client's answers with a session that has been destroyed since.
  it.each<[string, () => RedisClient]>([
    ['scaleReads', () => new Cluster(['redis://127.0.0.1:1'], { lazyConnect: true, scaleReads: 'slave' })],
    ['readOnly', () => new Redis({ lazyConnect: true, readOnly: true })],
    ["role: 'slave'", () => new Redis({ lazyConnect: true, name: 'a', sentinels: [{ port: 1 }], role: 'slave' })],
    ['readonly', () => createClient({ readonly: true })],
    ['useReplicas', () => createCluster({ rootNodes: [{ url: 'redis://127.0.0.1:1' }], useReplicas: true })],
    [
      'clientSideCache',
      () => createClient({ RESP: 3, clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: 'LRU' } }),
    ],
  ])('a client with %s', (option, create) => {
    expect(refusal({ client: create() })).toContain(option);
  });

  it('nothing that is in order', () => {
    expect(refusal({ client })).toBe('none');
    expect(refusal({ client: createCluster({ rootNodes: [{ url: 'redis://127.0.0.1:1' }] }), prefix: '' })).toBe(
      'none',
    );
    const sentinel = { name: 'a', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] };
    expect(refusal({ client: createSentinel(sentinel) })).toBe('none');
    expect(refusal({ client: createClientPool() })).toBe('none');
    expect(refusal({ client: new Redis({ lazyConnect: true, name: 'a', sentinels: [{ port: 1 }] }) })).toBe('none');
    expect(refusal({ client: new Cluster(['redis://127.0.0.1:1'], { lazyConnect: true }) })).toBe('none');
  });
});
