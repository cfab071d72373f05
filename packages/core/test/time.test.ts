import { type ManualClock, presets } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { expectNothingToOutlive } from './support/outlive.js';
import { createSite, modes } from './support/site.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe.each(modes)('time (DESIGN §6): $mode', ({ isAsync }) => {
  async function visited(options: Parameters<typeof createSite>[0] = {}) {
    const site = createSite(options, { isAsync });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    return { ...site, browser };
  }

  test('E1, ASVS 7.3.1: open one millisecond before the idle timeout, not at it', async () => {
    const { clock, browser } = await visited({ idleTimeout: '1h' });
    const copy = browser.copy();
    clock.advance(hour - 1);
    expect(await copy.isKnown()).toBe(true);
    clock.advance(1);
    expect(await browser.isKnown()).toBe(false);
  });

  test('E2: a request within idleTimeout − touchEvery of the last always finds the session', async () => {
    const { clock, browser, sessions } = await visited({ absoluteTimeout: false });
    const { idleTimeout, touchEvery } = sessions.expiry;
    for (const wait of [idleTimeout - touchEvery, touchEvery - 1, idleTimeout - touchEvery, 1, 2 * touchEvery]) {
      clock.advance(wait);
      expect(await browser.read()).toEqual({ name: 'Ann' });
    }
  });

  test('E3, ASVS 7.3.2: no sequence of calls outlives the absolute timeout', async () => {
    const site = await visited({ idleTimeout: '1h', absoluteTimeout: '3h' });
    await expectNothingToOutlive(site.clock.now() + 3 * hour, 10 * minute, site);
  });

  test.each<[string, (clock: ManualClock) => void]>([
    [
      'forwards, then back',
      (clock) => {
        clock.advance(hour);
        clock.advance(-hour);
      },
    ],
    [
      'far back',
      (clock) => {
        clock.advance(hour);
        clock.advance(-10 * day);
      },
    ],
  ])('E4: an expired session stays expired when the clock steps %s', async (_, step) => {
    const { clock, browser, store, sessions } = await visited({ idleTimeout: '1h' });
    clock.advance(hour - 1);
    const exchange = await browser.open();
    clock.advance(1);
    // Somebody has seen the time: a request, any request.
    await sessions.open({ cookie: undefined, https: true });
    clock.advance(-1);
    step(clock);
    expect(await browser.isKnown()).toBe(false);
    exchange.session.late = 1;
    await exchange.commit();
    expect([...store.records.values()].filter(({ body }) => body.includes('late'))).toEqual([]);
  });

  test('E4: a commit at or after the end does not extend the session, whatever it would do', async () => {
    for (const act of ['write', 'touch', 'rotate', 'login', 'nothing'] as const) {
      const { clock, browser, store, eventsOf } = await visited({ idleTimeout: '1h' });
      const exchange = await browser.open();
      const { session } = exchange;
      clock.advance(hour);
      store.calls = [];
      if (act === 'write') session.late = 1;
      if (act === 'touch' || act === 'rotate')
        await expect(session[act]()).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
      if (act === 'login') await expect(session.login('ann')).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
      await exchange.commit();
      expect(store.writes).toEqual([]);
      expect(session.isDestroyed).toBe(true);
      expect(eventsOf('refused')).toMatchObject([{ reason: 'expired', at: 'commit' }]);
      expect(eventsOf('expired')).toHaveLength(1);
    }
  });

  test('a policy made stricter counts at once for sessions made before', async () => {
    const before = await visited({ absoluteTimeout: '24h', idleTimeout: '24h' });
    const after = createSite({ absoluteTimeout: '2h' }, { clock: before.clock, store: before.store, isAsync });
    const browser = after.browser();
    browser.token = before.browser.token;
    before.clock.advance(2 * hour - 1);
    expect(await browser.isKnown()).toBe(true);
    before.clock.advance(1);
    expect(await browser.isKnown()).toBe(false);
  });

  test('a shorter idle timeout counts from the end that the longer one has given a session', async () => {
    const before = await visited({ idleTimeout: '24h', absoluteTimeout: false });
    const limits = { idleTimeout: '1h', absoluteTimeout: false } as const;
    const browser = createSite(limits, { clock: before.clock, store: before.store, isAsync }).browser();
    browser.token = before.browser.token;
    before.clock.advance(day - 1);
    expect(await browser.isKnown()).toBe(true);
    await browser.visit();
    before.clock.advance(hour - 1);
    expect(await browser.isKnown()).toBe(true);
    before.clock.advance(1);
    expect(await browser.isKnown()).toBe(false);
  });

  test.each([
    ['AAL1', 30 * day, 30 * day],
    ['AAL2', hour, day],
    ['AAL3', 15 * minute, 12 * hour],
  ] as const)('NIST 800-63B %s: idle and absolute limits hold', async (level, idle, absolute) => {
    const idler = await visited(presets[level]);
    idler.clock.advance(idle - 1);
    expect(await idler.browser.copy().isKnown()).toBe(true);
    idler.clock.advance(1);
    expect(await idler.browser.isKnown()).toBe(false);

    const { clock, browser } = await visited(presets[level]);
    const end = clock.now() + absolute;
    const step = Math.min(idle / 2, absolute / 4);
    while (clock.now() + step < end) {
      clock.advance(step);
      await browser.visit();
    }
    clock.advance(end - clock.now() - 1);
    expect(await browser.isKnown()).toBe(true);
    clock.advance(1);
    expect(await browser.isKnown()).toBe(false);
  });

  test('expiresAt says when the session ends, this request being counted, before and after the commit', async () => {
    const { clock, browser, store } = await visited({ idleTimeout: '1h' });
    clock.advance(30 * minute);
    const exchange = await browser.open();
    expect(exchange.session.expiresAt).toBe(clock.now() + hour);
    await browser.finish(exchange);
    expect(exchange.session.expiresAt).toBe(store.only.expiresAt);
    expect(store.only.expiresAt).toBe(clock.now() + hour);
  });

  test('expiresAt of a new session, without limits too, is a date', async () => {
    for (const [options, expected] of [
      [{}, hour],
      [{ idleTimeout: false }, day],
      [{ absoluteTimeout: '10m' }, 10 * minute],
    ] as const) {
      const site = createSite(options, { isAsync });
      const exchange = await site.browser().open();
      expect(exchange.session.expiresAt).toBe(site.clock.now() + expected);
    }
    const exchange = await createSite({ idleTimeout: false, absoluteTimeout: false }, { isAsync }).browser().open();
    expect(new Date(exchange.session.expiresAt).getUTCFullYear()).toBe(9999);
  });

  test('an undeletable session: one that never expires is destroyed like any other', async () => {
    const { browser, store } = await visited({ idleTimeout: false, absoluteTimeout: false });
    const copy = browser.copy();
    await browser.visit((session) => session.destroy());
    expect(store.records.size).toBe(0);
    expect(await copy.isKnown()).toBe(false);
  });
});
