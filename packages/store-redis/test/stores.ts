import { randomUUID } from 'node:crypto';
import { type ManualClock, manualClock, type SessionRecord } from '@sess/core';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type RedisClient, type RedisStore, redisStore } from '../src/index.js';
import type { Connection, ConnectionKind } from './connections.js';

/** What a test works with: a store under a prefix of its own, and the clock it goes by. */
export interface Bench {
  readonly client: RedisClient;
  readonly store: RedisStore;
  readonly clock: ManualClock;
  readonly prefix: string;
  /** A record that lives for a minute, unless told otherwise. */
  record(given?: Partial<SessionRecord>): SessionRecord;
}

/** A prefix that nothing else on the server uses. */
export function newPrefix(): string {
  return `sess-test:${randomUUID()}:`;
}

/** A store with a clock of its own, for one test. */
export function createBench(connection: Connection, prefix = newPrefix(), clock = manualClock()): Bench {
  const store = redisStore({ client: connection.client, prefix, clock });
  const record = (given: Partial<SessionRecord> = {}): SessionRecord => ({
    id: randomUUID(),
    version: 1,
    expiresAt: clock.now() + 60_000,
    body: '{"a":1}',
    ...given,
  });
  return { client: connection.client, store, clock, prefix, record };
}

/** Before each test a new bench on `kind`'s client, connected to `url` once; what the tests wrote is removed. */
export function useBench(kind: ConnectionKind, url: () => string): () => Bench {
  let connection: Connection | undefined;
  let bench: Bench | undefined;
  const prefixes: string[] = [];
  beforeAll(async () => {
    connection = await kind.connect(url());
  });
  beforeEach(() => {
    if (connection === undefined) throw new Error('the client is not connected');
    bench = createBench(connection);
    prefixes.push(bench.prefix);
  });
  afterAll(async () => {
    connection?.close();
    await removeKeys(url(), prefixes);
  });
  return () => {
    if (bench === undefined) throw new Error('a bench is there only in a test');
    return bench;
  };
}

/** Removes the keys of these prefixes, so that a server that is not the tests' own is left as it was. */
export async function removeKeys(url: string, prefixes: readonly string[]): Promise<void> {
  const client = createClient({ url });
  await client.connect();
  for await (const keys of client.scanIterator({ MATCH: 'sess-test:*', COUNT: 1000 })) {
    const ours = keys.filter((key) => prefixes.some((prefix) => key.startsWith(prefix)));
    if (ours.length > 0) await client.del(ours);
  }
  client.destroy();
}
