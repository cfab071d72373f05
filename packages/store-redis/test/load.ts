import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { poll } from '@sess/test-support';
import { expect } from 'vitest';
import { RedisStoreError } from '../src/index.js';
import type { Bench } from './stores.js';

/** Writes that go on until they are stopped. */
export interface Load {
  /** Resolves once `rounds` more rounds are done. */
  progress(rounds: number): Promise<void>;
  stop(): Promise<void>;
  /** Fails when a count that was acknowledged is missing, one counts twice, or a session has outlived its destroy. */
  check(): Promise<void>;
}

interface Counter {
  readonly id: string;
  acknowledged: number;
  /** Counts whose call failed: each may have taken effect or not. */
  unknown: number;
}

/** A round counts up in ten sessions, and makes one more session only to destroy it. */
export function startLoad({ store, record, clock }: Bench): Load {
  const expiresAt = clock.now() + 3_600_000;
  const counters: Counter[] = Array.from({ length: 10 }, () => ({ id: randomUUID(), acknowledged: 0, unknown: 0 }));
  const destroyed: string[] = [];
  let running = true;
  let rounds = 0;

  const count = async (counter: Counter) => {
    const found = await store.read(counter.id);
    if (found === undefined) return void (await store.create(record({ id: counter.id, body: '0', expiresAt })));
    const next = { ...found, version: found.version + 1, body: String(Number(found.body) + 1) };
    // Nobody else writes this session, so a conflict can only be a write whose call failed.
    if ((await store.update(next, found.version)).outcome === 'updated') counter.acknowledged++;
  };
  const destroyOne = async () => {
    const doomed = record({ expiresAt });
    await store.create(doomed);
    await store.destroy(doomed.id);
    destroyed.push(doomed.id);
  };
  const round = () =>
    Promise.all([
      ...counters.map((counter) =>
        count(counter).catch((error) => {
          expect(error).toBeInstanceOf(RedisStoreError);
          counter.unknown++;
        }),
      ),
      destroyOne().catch((error) => expect(error).toBeInstanceOf(RedisStoreError)),
    ]);
  const work = async () => {
    for (; running; rounds++) {
      await round();
      // A client that knows itself offline rejects at once: the processor is the others', who are to fail over.
      await delay(3);
    }
  };
  const done = work();

  return {
    async progress(more) {
      const goal = rounds + more;
      await poll(async () => expect(rounds).toBeGreaterThanOrEqual(goal), 60_000);
    },
    async stop() {
      running = false;
      await done;
    },
    async check() {
      for (const { id, acknowledged, unknown } of counters) {
        const counted = Number((await store.read(id))?.body);
        expect(acknowledged).toBeGreaterThan(0);
        expect(counted).toBeGreaterThanOrEqual(acknowledged);
        expect(counted).toBeLessThanOrEqual(acknowledged + unknown);
      }
      expect(destroyed.length).toBeGreaterThan(0);
      for (const id of destroyed) expect(await store.read(id)).toBeUndefined();
    },
  };
}
