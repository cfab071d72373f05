import type { StoreHarness } from '@sess/conformance';
import type { SessionStore } from '@sess/core';
import { afterAll, beforeAll } from 'vitest';
import { redisStore } from '../src/index.js';
import { type Connection, type ConnectionKind, ioredis6, nodeRedis6 } from './connections.js';
import { newPrefix } from './stores.js';

/** A store, and another on the same data through another client, as another process has it. */
export interface OpenedPair {
  readonly store: SessionStore;
  readonly other: SessionStore;
}

/** The harness for stores on `kind`, whose neighbour is on the other library. Both connect once, before the tests; `tidy` comes after. */
export function useStorePairs(
  connect: (kind: ConnectionKind) => Promise<Connection>,
  kind: ConnectionKind,
  tidy: (prefixes: readonly string[]) => Promise<void> = async () => {},
): StoreHarness<OpenedPair> {
  const prefixes: string[] = [];
  let mine: Connection;
  let theirs: Connection;
  beforeAll(async () => {
    mine = await connect(kind);
    theirs = await connect(kind === nodeRedis6 ? ioredis6 : nodeRedis6);
  });
  afterAll(async () => {
    mine.close();
    theirs.close();
    await tidy(prefixes);
  });
  return {
    abilities: ['subjectIndex'],
    open: ({ clock }) => {
      const prefix = newPrefix();
      prefixes.push(prefix);
      return {
        store: redisStore({ client: mine.client, prefix, clock }),
        other: redisStore({ client: theirs.client, prefix, clock }),
      };
    },
    connect: ({ other }) => other,
  };
}
