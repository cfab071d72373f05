import { describe, expect, test } from 'vitest';
import { createSite, modes } from './support/site.js';

describe.each(modes)('settle, with $mode', ({ isAsync }) => {
  const create = (options: Parameters<typeof createSite>[0] = {}) => createSite(options, { isAsync });

  test('stores what there is, and leaves the head open for what is still to come', async () => {
    const site = create();
    const browser = site.browser();
    const exchange = await browser.open();
    await exchange.settle();
    expect(site.store.calls).toEqual([]);
    exchange.session.early = 1;
    await exchange.settle();
    await exchange.settle();
    expect(site.eventNames()).toEqual(['created']);
    exchange.session.late = 2;
    await exchange.session.login('ann');
    const head = await browser.finish(exchange);

    expect(head?.setCookie).toContain(exchange.id);
    expect(await browser.read()).toEqual({ early: 1, late: 2 });
  });

  test('a session may begin after it', async () => {
    const browser = create().browser();
    const exchange = await browser.open();
    void exchange.session;
    await exchange.settle();
    exchange.session.name = 'Ann';
    await browser.finish(exchange);

    expect(await browser.read()).toEqual({ name: 'Ann' });
  });

  test('two at once, and a commit, store a new session once', async () => {
    const site = create();
    const exchange = await site.browser().open();
    exchange.session.name = 'Ann';
    const [, , head] = await Promise.all([exchange.settle(), exchange.settle(), exchange.commit()]);

    expect(site.eventNames()).toEqual(['created']);
    expect(head?.setCookie).toBeDefined();
  });

  test('storeLate stores what has changed, and neither extends nor rotates', async () => {
    const site = create({ idleTimeout: '1h', rotateEvery: '10m' });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const exchange = await browser.open();
    void exchange.session.name;
    await exchange.commit();
    const end = site.store.only.expiresAt;
    site.clock.advance(59 * 60_000);
    site.store.calls = [];
    await exchange.storeLate();
    expect(site.store.calls).toEqual([]);
    exchange.session.name = 'Bob';
    await exchange.storeLate();
    expect(site.store.operations).toEqual(['update']);
    expect(site.eventsOf('rotated')).toEqual([]);
    expect(site.store.only.expiresAt).toBe(end);
  });

  test('nor does storeLate before a commit, for a client that has gone', async () => {
    const site = create({ rotateEvery: '10m' });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const end = site.store.only.expiresAt;
    site.clock.advance(11 * 60_000);
    const exchange = await browser.open();
    exchange.session.name = 'Bob';
    await exchange.storeLate();
    expect(site.eventsOf('rotated')).toEqual([]);
    expect(site.store.only.expiresAt).toBe(end);
    expect(await browser.read()).toEqual({ name: 'Bob' });
  });

  test('E2: nor does it in a request that nobody commits, so that the next one sends the cookie again', async () => {
    const site = create({ cookie: { maxAge: '1h' }, rotateEvery: '10m' });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const { expiresAt } = site.store.only;
    const exchange = await browser.open();
    site.clock.advance(30 * 60_000);
    exchange.session.name = 'Bob';
    await exchange.storeLate();
    expect(site.store.only.expiresAt).toBe(expiresAt);
    expect(site.eventsOf('rotated')).toEqual([]);
    expect((await browser.visit())?.setCookie).toContain('Max-Age=3600');
    expect(await browser.read()).toEqual({ name: 'Bob' });
  });

  test('storeLate before a commit begins no session that nobody holds', async () => {
    const site = create();
    const exchange = await site.browser().open();
    exchange.session.name = 'Ann';
    await exchange.storeLate();
    expect(site.store.calls).toEqual([]);
  });

  /** An exchange with a persistent cookie whose response's head left half an hour ago. */
  async function sentHalfAnHourAgo() {
    const site = create({ cookie: { maxAge: '1h' } });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const exchange = await browser.open();
    void exchange.session.name;
    await exchange.commit();
    site.clock.advance(30 * 60_000);
    return { site, browser, exchange };
  }

  test('E5: a touch after the head leaves a persistent cookie and its session in step', async () => {
    const { site, browser, exchange } = await sentHalfAnHourAgo();
    await exchange.finish();
    expect(site.eventsOf('touched')).toEqual([]);
    expect((await browser.visit())?.setCookie).toContain('Max-Age=3600');
  });

  test('E2: nor does a write after the head extend the session alone: no later request would send the cookie again', async () => {
    const { browser, exchange } = await sentHalfAnHourAgo();
    exchange.session.name = 'Bob';
    await exchange.session.save();
    exchange.session.name = 'Cleo';
    await exchange.finish();
    expect((await browser.visit())?.setCookie).toContain('Max-Age=3600');
    expect(await browser.read()).toEqual({ name: 'Cleo' });
  });

  test('E2: what was not due at a first look may be at a later one of the same request', async () => {
    const site = create({ idleTimeout: '1h', touchEvery: '1m' });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const exchange = await browser.open();
    await exchange.settle();
    await exchange.settle();
    site.clock.advance(59_999);
    await exchange.commit();
    expect(site.eventsOf('touched')).toHaveLength(0);
    site.clock.advance(1);
    await exchange.finish();

    expect(site.eventsOf('touched')).toHaveLength(1);
  });

  test('those that wait for a verb store what came after it once', async () => {
    const site = create();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const exchange = await browser.open();
    exchange.session.early = 1;
    void exchange.session.save();
    exchange.session.late = 2;
    await Promise.all([exchange.settle(), exchange.settle()]);

    expect(site.eventsOf('committed')).toHaveLength(2);
  });

  test('a verb that is called while the commit is at work and would need a cookie is refused', async () => {
    const site = create();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const exchange = await browser.open();
    exchange.session.name = 'Bob';
    const committing = browser.finish(exchange);
    const login = exchange.session.login('bob').then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
    await committing;

    expect(await login).toBe('ERR_SESS_HEADERS_SENT');
    expect(await browser.read()).toEqual({ name: 'Bob' });
  });

  test('a failure does not keep the next from trying', async () => {
    const site = create();
    const exchange = await site.browser().open();
    exchange.session.name = 'Ann';
    site.store.before = () => {
      throw new Error('disk full');
    };
    await expect(async () => exchange.settle()).rejects.toMatchObject({ code: 'ERR_SESS_STORE' });
    site.store.before = () => {};
    await exchange.settle();

    expect(site.store.records.size).toBe(1);
  });
});

test('a cookie that cannot be sent is told once, however often the session is settled', async () => {
  const site = createSite({ cookie: { secure: true } });
  const exchange = await site.browser({ https: false }).open();
  exchange.session.name = 'Ann';
  await exchange.settle();
  await exchange.commit();
  await exchange.finish();

  expect(site.eventsOf('insecure')).toHaveLength(1);
});

test('a session that is asked for only after the commit cannot begin', async () => {
  const site = createSite();
  const exchange = await site.browser().open();
  expect(await exchange.commit()).toBeUndefined();
  exchange.session.name = 'late';

  await expect(exchange.session.save()).rejects.toMatchObject({ code: 'ERR_SESS_HEADERS_SENT' });
  expect(site.store.calls).toEqual([]);
});
