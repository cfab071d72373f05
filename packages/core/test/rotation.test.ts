import { describe, expect, test } from 'vitest';
import { createSite, modes } from './support/site.js';

const second = 1000;
const minute = 60 * second;

describe.each(modes)('rotation: $mode', ({ isAsync }) => {
  /** A browser whose session has just been given a new secret, and a copy of it that still has the old one. */
  async function rotated(options: Parameters<typeof createSite>[0] = {}) {
    const site = createSite({ rotateGrace: '30s', ...options }, { isAsync });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const old = browser.copy();
    await browser.visit((session) => session.rotate());
    site.events.length = 0;
    return { ...site, browser, old };
  }

  test('both secrets work until the browser shows the new one', async () => {
    const { clock, browser, old } = await rotated();
    clock.advance(20 * minute);
    expect(await old.isKnown()).toBe(true);
    await old.write({ from: 'old' });
    clock.advance(20 * minute);
    expect(await old.isKnown()).toBe(true);
    expect(await browser.isKnown()).toBe(true);
  });

  test('the new one shown, the old one has a grace, to the millisecond', async () => {
    const { clock, browser, old } = await rotated();
    await browser.visit();
    clock.advance(30 * second - 1);
    expect(await old.isKnown()).toBe(true);
    clock.advance(1);
    expect(await old.isKnown()).toBe(false);
  });

  test('a grace beyond any date is one that never ends', async () => {
    const { clock, browser, old } = await rotated({ rotateGrace: Number.MAX_SAFE_INTEGER });
    await browser.visit();
    clock.advance(30 * minute);
    expect([await browser.isKnown(), await old.isKnown()]).toEqual([true, true]);
  });

  test('confirmation is stored once', async () => {
    const { store, browser, old } = await rotated();
    store.calls = [];
    await browser.visit();
    expect(store.operations).toEqual(['read', 'update']);
    store.calls = [];
    await browser.visit();
    await old.visit();
    expect(store.operations).toEqual(['read', 'read']);
  });

  test('reuse: the old secret shown after its grace ends the session, with an event', async () => {
    const { store, clock, browser, old, events } = await rotated();
    const { id } = store.only;
    await browser.visit();
    clock.advance(30 * second);
    events.length = 0;
    expect(await old.isKnown()).toBe(false);
    expect(events).toEqual([
      { name: 'destroyed', id, by: 'reuse' },
      { name: 'refused', id, reason: 'reused', at: 'open' },
    ]);
    expect(await browser.isKnown()).toBe(false);
    expect(store.records.size).toBe(0);
  });

  test('an old cookie beside the new one, under another path for instance, is no reuse', async () => {
    const { sessions, clock, browser, old } = await rotated();
    await browser.visit();
    clock.advance(30 * second);
    const exchange = await sessions.open({ cookie: `${old.header}; ${browser.header}`, https: true });
    expect({ ...exchange.session }).toEqual({ name: 'Ann' });
    expect(await browser.isKnown()).toBe(true);
  });

  // A response that gets lost must not end the session: the browser never had the new secret.
  test.each<[string, (browser: Awaited<ReturnType<typeof rotated>>['browser']) => Promise<unknown>]>([
    [
      'rotate, then a write',
      (browser) =>
        browser.visit(async (session) => {
          await session.rotate();
          session.later = 1;
        }),
    ],
    [
      'rotate, save and touch',
      (browser) =>
        browser.visit(async (session) => {
          await session.rotate();
          session.later = 1;
          await session.save();
          await session.touch();
        }),
    ],
    [
      'a write that meets another request’s rotation',
      async (browser) => {
        const exchange = await browser.open();
        await browser.copy().visit((session) => session.rotate());
        exchange.session.mine = 1;
        await exchange.session.save();
        exchange.session.mine = 2;
        await exchange.commit();
      },
    ],
  ])('E2: a new secret that the browser never received starts no grace: %s', async (_, act) => {
    const site = createSite({ rotateGrace: '30s' }, { isAsync });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    await act(browser.copy());
    site.clock.advance(minute);
    expect(await browser.isKnown()).toBe(true);
    await browser.visit();
    site.clock.advance(minute);
    expect(await browser.isKnown()).toBe(true);
  });

  test('E2: nor does any number of rotate() whose responses are lost make the browser’s only secret unknown', async () => {
    const browser = createSite({ rotateGrace: '30s' }, { isAsync }).browser();
    await browser.write({ name: 'Ann' });
    for (let lost = 0; lost < 6; lost++) await browser.copy().visit((session) => session.rotate());
    expect(await browser.isKnown()).toBe(true);
    const exchange = await browser.open();
    for (let times = 0; times < 6; times++) await exchange.session.rotate();
    expect(await browser.isKnown()).toBe(true);
  });

  test('a session keeps its id, its data, its subject and its absolute end', async () => {
    const { store, clock, browser } = await rotated({ absoluteTimeout: '2h' });
    const { id, expiresAt } = store.only;
    expect(await browser.read()).toEqual({ name: 'Ann' });
    clock.advance(1);
    await browser.visit((session) => session.rotate());
    expect(store.only.id).toBe(id);
    expect(store.only.expiresAt).toBe(expiresAt);
  });

  test('of two rotations at once only the winner sends a cookie; both browsers stay known', async () => {
    const { browser, eventsOf } = await rotated();
    await browser.visit();
    const [one, other] = [browser.copy(), browser.copy()];
    const [first, second] = [await one.open(), await other.open()];
    await first.session.rotate();
    await second.session.rotate();
    expect((await one.finish(first))?.setCookie).toBeDefined();
    expect((await other.finish(second))?.setCookie).toBeUndefined();
    expect(eventsOf('rotated')).toHaveLength(1);
    expect([await one.isKnown(), await other.isKnown()]).toEqual([true, true]);
  });

  test('E2: the response with a new secret is lost, and a persistent cookie is renewed all the same', async () => {
    const { clock, old } = await rotated({ cookie: { maxAge: '1h' } });
    for (let visits = 0; visits < 12; visits++) {
      clock.advance(10 * minute);
      await old.visit();
    }
    expect(old.head?.setCookie).toContain('Max-Age=3600');
    expect(await old.isKnown()).toBe(true);
  });

  test('of a session that is not stored does nothing', async () => {
    const { store, ...site } = createSite({}, { isAsync });
    const head = await site.browser().visit((session) => session.rotate());
    expect(head?.setCookie).toBeUndefined();
    expect(store.calls).toEqual([]);
  });

  test('a secret that was replaced long ago is merely unknown', async () => {
    const { clock, browser, old, store, eventsOf } = await rotated();
    for (let i = 0; i < 4; i++) {
      await browser.visit();
      clock.advance(minute);
      await browser.visit((session) => session.rotate());
    }
    await browser.visit();
    expect(await old.isKnown()).toBe(false);
    expect(eventsOf('refused')).toMatchObject([{ reason: 'superseded' }]);
    expect(store.records.size).toBe(1);
  });

  describe('rotateEvery', () => {
    const options = { rotateEvery: '10m', rotateGrace: '30s' } as const;

    async function due() {
      const site = createSite(options, { isAsync });
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      return { ...site, browser };
    }

    test('gives a new secret when the time has come, in the same call as what was written', async () => {
      const { store, clock, browser, eventsOf } = await due();
      const first = browser.token;
      clock.advance(10 * minute - 1);
      await browser.visit();
      expect(browser.token).toBe(first);
      clock.advance(1);
      store.calls = [];
      await browser.write({ name: 'Bob' });
      expect(browser.token).not.toBe(first);
      expect(store.operations).toEqual(['read', 'update']);
      expect(eventsOf('rotated')).toHaveLength(1);
    });

    test('sends another when the browser does not show it within the grace', async () => {
      const { clock, browser, eventsOf } = await due();
      const lost = browser.copy();
      clock.advance(10 * minute);
      await browser.visit();
      await lost.visit();
      expect(eventsOf('rotated')).toHaveLength(1);
      clock.advance(30 * second);
      await lost.visit();
      expect(eventsOf('rotated')).toHaveLength(2);
      expect(await lost.isKnown()).toBe(true);
    });

    test('a secret in its grace is never exchanged for a new one: it was replaced, and may have been copied', async () => {
      const { clock, browser, eventsOf } = await due();
      const thief = browser.copy();
      clock.advance(10 * minute);
      await browser.visit();
      clock.advance(5 * minute);
      await browser.visit();
      clock.advance(20 * second);
      await thief.visit();
      expect(eventsOf('rotated')).toHaveLength(1);
      clock.advance(10 * second);
      expect(await thief.isKnown()).toBe(false);
      expect(eventsOf('destroyed')).toMatchObject([{ by: 'reuse' }]);
    });

    test('E2: a client that takes no cookies is not logged out by it', async () => {
      const { clock, browser, store, eventsOf } = await due();
      clock.advance(10 * minute);
      for (let i = 0; i < 20; i++) {
        await browser.copy().visit();
        clock.advance(minute);
        expect(await browser.isKnown()).toBe(true);
      }
      expect(eventsOf('rotated').length).toBeGreaterThan(4);
      expect(store.only.body.length).toBeLessThan(1000);
    });

    test('rotates once when many requests find it due', async () => {
      const { clock, browser, eventsOf } = await due();
      clock.advance(10 * minute);
      const browsers = Array.from({ length: 5 }, () => browser.copy());
      const exchanges = await Promise.all(browsers.map((one) => one.open()));
      await Promise.all(exchanges.map((exchange, at) => browsers[at]?.finish(exchange)));
      expect(eventsOf('rotated')).toHaveLength(1);
      expect(await Promise.all(browsers.map((one) => one.isKnown()))).toEqual(new Array(5).fill(true));
    });

    test('does not rotate after the head has been sent', async () => {
      const { clock, browser, eventsOf } = await due();
      const exchange = await browser.open();
      void exchange.session;
      await browser.finish(exchange);
      clock.advance(10 * minute);
      exchange.session.late = 1;
      await exchange.finish();
      expect(eventsOf('rotated')).toEqual([]);
      expect(await browser.read()).toEqual({ name: 'Ann', late: 1 });
    });

    test('with a grace of nothing, the old secret dies as soon as the new one is shown', async () => {
      const site = createSite({ rotateEvery: '10m', rotateGrace: 0 }, { isAsync });
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      const old = browser.copy();
      site.clock.advance(10 * minute);
      await browser.write({ name: 'Bob' });
      expect(await browser.read()).toEqual({ name: 'Bob' });
      expect(await old.isKnown()).toBe(false);
    });
  });
});
