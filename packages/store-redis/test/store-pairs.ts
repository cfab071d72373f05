import type { StoreHarness } from '@sess/conformance';
import type { SessionStore } from '@sess/core';
import { afterAll, beforeAll } from 'vitest';
import { redisStore } from '../src/index.js';
import { type ClientKind, type Connection, ioredis6, nodeRedis6 } from './clients.js';
import { newPrefix } from './stores.js';

/** A store, and another on the same data through another client, as another process has it. */
export interface OpenedPair {
  readonly store: SessionStore;
  readonly other: SessionStore;
}

/** The harness for stores on `kind`, whose neighbour is on the other library. Both connect once, before the tests. */
export function useStorePairs(
  connect: (kind: ClientKind) => Promise<Connection>,
  kind: ClientKind,
): StoreHarness<OpenedPair> {
  let mine: Connection;
  let theirs: Connection;
  beforeAll(async () => {
    mine = await connect(kind);
    theirs = await connect(kind === nodeRedis6 ? ioredis6 : nodeRedis6);
  });
  afterAll(() => {
    mine.close();
    theirs.close();
  });
  return {
    abilities: ['subjectIndex'],
    open: ({ clock }) => {
      const prefix = newPrefix();
      return {
        store: redisStore({ client: mine.client, prefix, clock }),
        other: redisStore({ client: theirs.client, prefix, clock }),
      };
    },
    connect: ({ other }) => other,
  };
}
