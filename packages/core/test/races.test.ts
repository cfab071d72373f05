import {
  createSessions,
  manualClock,
  SessError,
  type SessionStore,
  type Sessions,
  type SubjectIndex,
} from '@sess/core';
import { type MemoryStore, memoryStore } from '@sess/store-memory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeDigest } from './support/node-digest.js';

/** A memory store whose every call takes a turn before it takes effect and another before it returns; it counts its updates. */
function createSlowStore(store: MemoryStore, turn: () => Promise<unknown>) {
  let updates = 0;
  const slow = async <R>(act: () => R): Promise<R> => {
    await turn();
    const answer = act();
    await turn();
    return answer;
  };
  const slowStore: SessionStore & SubjectIndex = {
    create: (record) => slow(() => store.create(record)),
    read: (id) => slow(() => store.read(id)),
    update: (record, ifVersion) => {
      updates += 1;
      return slow(() => store.update(record, ifVersion));
    },
    touch: (id, expiresAt) => slow(() => store.touch(id, expiresAt)),
    destroy: (id) => slow(() => store.destroy(id)),
    list: (subject) => slow(() => store.list(subject)),
  };
  return { slowStore, countUpdates: () => updates };
}

const soon = () => new Promise<void>((resolve) => void setImmediate(resolve));

describe('ten logins race under maxPerSubject: 3', () => {
  test.each(['evict', 'deny'] as const)(
    '%s: at no moment are more than three open whose login was acknowledged',
    async (onLimit) => {
      const property = fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, haveTimesDiffered) => {
        const clock = manualClock();
        const store = memoryStore({ clock });
        const { slowStore } = createSlowStore(store, () => scheduler.schedule(Promise.resolve()));
        const options = { store: slowStore, clock, maxPerSubject: { max: 3, onLimit } };
        const processes = [
          createSessions(options, { digest: nodeDigest }),
          createSessions(options, { digest: nodeDigest }),
        ];
        const acknowledged = new Set<string>();
        const login = async (sessions: Sessions | undefined) => {
          const exchange = await sessions?.open({ cookie: undefined, https: true });
          try {
            if (haveTimesDiffered) clock.advance(1);
            await exchange?.session.login('ann');
          } catch (error) {
            expect(SessError.is(error, 'ERR_SESS_LIMIT') || SessError.is(error, 'ERR_SESS_ENDED')).toBe(true);
            return;
          }
          acknowledged.add(exchange?.id ?? '');
          const open = store.list('ann').filter(({ id }) => acknowledged.has(id));
          expect(open.length).toBeLessThanOrEqual(3);
        };
        const logins = Array.from({ length: 10 }, (_, i) => login(processes[i % 2]));
        await soon();
        while (scheduler.count() > 0) {
          await scheduler.waitOne();
          await soon();
        }
        await Promise.all(logins);
        expect(store.list('ann').length).toBeLessThanOrEqual(3);
      });
      await fc.assert(property);
    },
  );
});

describe('a counter that many requests increment at once', () => {
  /** Makes requests that increment `n` of one session, concurrently; returns the outcome. */
  async function race(requests: number, processes: number) {
    const store = memoryStore();
    const { slowStore, countUpdates } = createSlowStore(store, soon);
    const options = { store: slowStore, merge: { n: 'counter' } } as const;
    const managers = Array.from({ length: processes }, () => createSessions(options, { digest: nodeDigest }));
    const first = await managers[0]?.open({ cookie: undefined, https: true });
    Object.assign(first?.session ?? {}, { n: 0 });
    const cookie = (await first?.commit())?.setCookie?.split(';')[0];

    const exchanges = await Promise.all(
      Array.from({ length: requests }, (_, i) => managers[i % processes]?.open({ cookie, https: true })),
    );
    for (const exchange of exchanges)
      if (exchange !== undefined) exchange.session.n = (exchange.session.n as number) + 1;
    await Promise.all(exchanges.map((exchange) => exchange?.commit()));
    const last = await managers[0]?.open({ cookie, https: true });
    return { total: last?.session.n, updates: countUpdates() };
  }

  test('L2: a thousand requests in one process: exact, in about three attempts each', async () => {
    const { total, updates } = await race(1000, 1);
    expect(total).toBe(1000);
    expect(updates).toBeLessThanOrEqual(3000);
  });

  test('L2: three hundred requests in three processes: exact, and the attempts do not run away', async () => {
    const { total, updates } = await race(300, 3);
    expect(total).toBe(300);
    expect(updates).toBeLessThanOrEqual(300 * 12);
  });
});
