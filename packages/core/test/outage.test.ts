import { createSessions, manualClock } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { MapStore } from './support/map-store.js';
import { createSite, modes } from './support/site.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));
const failure = { code: 'ERR_SESS_STORE', status: 503, cause: expect.objectContaining({ message: 'down' }) };

function breakDown(store: MapStore, ...operations: string[]): void {
  store.before = ({ operation }) => {
    if (operations.length === 0 || operations.includes(operation)) throw new Error('down');
  };
}

describe.each(modes)('a store that is down (C2): $mode', ({ isAsync }) => {
  async function visited(options: Parameters<typeof createSite>[0] = {}) {
    const site = createSite(options, { isAsync });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    site.events.length = 0;
    return { ...site, browser };
  }

  test("onStoreError 'throw', the default: the request fails at once, with the cause, and an event tells", async () => {
    const { browser, store, eventsOf } = await visited();
    breakDown(store);
    await expect(browser.open()).rejects.toMatchObject(failure);
    expect(eventsOf('error')).toEqual([{ error: expect.objectContaining(failure) }]);
  });

  test('a visitor without a cookie needs no store', async () => {
    const { store, browser } = await visited();
    breakDown(store);
    browser.token = undefined;
    expect(await browser.visit()).toEqual({ vary: 'Cookie' });
  });

  test.each(['update', 'touch', 'destroy'] as const)(
    'at the commit: %s fails, and so does the response',
    async (operation) => {
      const { browser, store, clock } = await visited();
      breakDown(store, operation);
      if (operation === 'touch') clock.advance(600_000);
      const attempt = browser.visit((session) => {
        if (operation === 'update') session.name = 'Bob';
        if (operation === 'destroy') void session.destroy();
      });
      await expect(attempt).rejects.toMatchObject(failure);
    },
  );

  describe("onStoreError 'anonymous'", () => {
    const options = { onStoreError: 'anonymous' } as const;

    test('the request goes on without its session, and the cookie is left alone', async () => {
      const { browser, store, eventsOf } = await visited(options);
      breakDown(store);
      const head = await browser.visit((session) => {
        expect({ ...session }).toEqual({});
        expect([session.isNew, session.subject, session.isDestroyed]).toEqual([true, undefined, false]);
      });
      expect(head).toEqual({ vary: 'Cookie' });
      expect(eventsOf('error')).toHaveLength(1);
      store.before = () => {};
      expect(await browser.read()).toEqual({ name: 'Ann' });
    });

    test('writing to it fails the response: what is written cannot be kept', async () => {
      const { browser, store } = await visited(options);
      breakDown(store);
      await expect(browser.write({ name: 'Bob' })).rejects.toMatchObject(failure);
      store.before = () => {};
      expect(await browser.read()).toEqual({ name: 'Ann' });
      expect(store.records.size).toBe(1);
    });

    test.each(['save', 'reload', 'touch', 'rotate', 'regenerate', 'destroy'] as const)(
      '%s fails with what the store failed with',
      async (verb) => {
        const { browser, store } = await visited(options);
        breakDown(store, 'read');
        await browser.visit(async (session) => {
          await expect(session[verb]()).rejects.toMatchObject(failure);
          await expect(session.login('ann')).rejects.toMatchObject(failure);
        });
        // Not awaited, it fails the response: nobody is told of a logout that did not happen.
        await expect(browser.visit((session) => void session[verb]())).rejects.toMatchObject(failure);
        store.before = () => {};
        expect(await browser.read()).toEqual({ name: 'Ann' });
      },
    );

    test('a failure that is not the store’s is not taken for an outage', async () => {
      const hash = () => {
        throw new Error('no SHA-256');
      };
      const digest = { hash, createSigner: () => () => '' };
      const { browser, clock, store } = await visited(options);
      const site = createSite(options, { clock, store, adapter: { digest } });
      const visitor = site.browser();
      visitor.token = browser.token;
      await expect(visitor.open()).rejects.toThrow('no SHA-256');
    });
  });

  test('a new id that exists already: another is drawn; three in a row are an error', async () => {
    const { store, ...site } = createSite({}, { isAsync });
    let collisions = 0;
    const create = store.create.bind(store);
    store.create = (record) => (collisions++ < 2 ? 'exists' : create(record));
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    expect(collisions).toBe(3);
    expect(await browser.read()).toEqual({ name: 'Ann' });

    store.create = () => 'exists';
    await expect(site.browser().write({ name: 'Bob' })).rejects.toMatchObject({
      code: 'ERR_SESS_STORE',
      message: expect.stringContaining("answered 'exists' to 3 random ids in a row"),
    });
  });
});

describe('a store that hangs (C2)', () => {
  test('open fails within storeTimeout, not before', async () => {
    const site = createSite({ storeTimeout: '2s' });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    site.store.before = () => new Promise(() => {});
    let outcome: unknown = 'pending';
    void browser.open().catch((error) => {
      outcome = error;
    });
    site.clock.advance(1999);
    await settle();
    expect(outcome).toBe('pending');
    site.clock.advance(1);
    await settle();
    expect(outcome).toMatchObject({ code: 'ERR_SESS_STORE_TIMEOUT', status: 503 });
  });

  test('a storeTimeout of months, beyond what a timer holds, does not end at once', async () => {
    const store = new MapStore(manualClock());
    store.before = () => new Promise((resolve) => setTimeout(resolve, 20));
    const sessions = createSessions({ store, storeTimeout: '30 days' });
    const exchange = await sessions.open({ cookie: undefined, https: true });
    exchange.session.name = 'Ann';
    await exchange.commit();
    expect(store.operations).toEqual(['create']);
  });

  test("with onStoreError 'anonymous' the request goes on after storeTimeout", async () => {
    const site = createSite({ storeTimeout: '2s', onStoreError: 'anonymous' });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    site.store.before = () => new Promise(() => {});
    const opening = browser.open();
    site.clock.advance(2000);
    const exchange = await opening;
    expect({ ...exchange.session }).toEqual({});
    expect(await exchange.commit()).toEqual({ vary: 'Cookie' });
  });

  test('a commit whose answer is lost fails, and what it did is found by the next request', async () => {
    const site = createSite({ storeTimeout: '2s' });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const update = site.store.update.bind(site.store);
    site.store.update = (record, ifVersion) => {
      void update(record, ifVersion);
      return new Promise(() => {});
    };
    const exchange = await browser.open();
    exchange.session.name = 'Bob';
    const finishing = browser.finish(exchange);
    site.clock.advance(2000);
    await expect(finishing).rejects.toMatchObject({ code: 'ERR_SESS_STORE_TIMEOUT' });
    expect(await browser.read()).toEqual({ name: 'Bob' });
  });

  test('those who wait for their turn behind it are told after one storeTimeout, not after one each', async () => {
    const site = createSite({ storeTimeout: '2s' });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const exchanges = await Promise.all(Array.from({ length: 5 }, () => browser.open()));
    await browser.write({ theirs: 1 });
    const update = site.store.update.bind(site.store);
    const attempts = new Map<string, number>();
    // The first attempt of each meets the other's change; from then on the store hangs.
    site.store.update = (record, ifVersion) => {
      const { body } = record;
      attempts.set(body, (attempts.get(body) ?? 0) + 1);
      return ifVersion === 1 ? update(record, ifVersion) : new Promise(() => {});
    };
    const codes: unknown[] = [];
    const finishing = exchanges.map(async (exchange, at) => {
      exchange.session[`field${at}`] = at;
      await browser.finish(exchange).catch((error) => codes.push(error.code));
    });
    await settle();
    site.clock.advance(2000);
    await settle();
    await Promise.all(finishing);
    expect(codes).toEqual(['ERR_SESS_STORE_TIMEOUT', ...new Array(4).fill('ERR_SESS_CONTENDED')]);
  });

  test('a write that never finds a turn gives up after storeTimeout', async () => {
    const site = createSite({ storeTimeout: '2s' });
    const browser = site.browser();
    await browser.write({ count: 0 });
    const update = site.store.update.bind(site.store);
    const timers = setInterval(() => site.clock.advance(100), 0);
    site.store.update = (record, ifVersion) => {
      const current = site.store.only;
      site.store.records.set(current.id, { ...current, version: current.version + 1 });
      return update(record, ifVersion);
    };
    await expect(browser.write({ count: 1 })).rejects.toMatchObject({
      code: 'ERR_SESS_CONTENDED',
      status: 503,
      message: expect.stringContaining('found no turn within 2000 ms (storeTimeout). Nothing was stored.'),
    });
    clearInterval(timers);
    site.store.update = update;
    expect(await browser.read()).toEqual({ count: 0 });
  });
});
