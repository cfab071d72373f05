import { describe, expect, test } from 'vitest';
import { createSite, modes } from './support/site.js';

const minute = 60_000;
const hour = 60 * minute;

describe.each(modes)('DESIGN §5, case by case: $mode', ({ isAsync }) => {
  /** A site with one visitor whose session holds `{ name: 'Ann' }`; what happened so far is forgotten. */
  async function visited(options: Parameters<typeof createSite>[0] = {}) {
    const site = createSite(options, { isAsync });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    site.store.calls = [];
    site.events.length = 0;
    return { ...site, browser };
  }

  test('new, nobody asked for a session: no store call, no header at all', async () => {
    const site = createSite({}, { isAsync });
    const exchange = await site.browser().open();
    expect(await exchange.commit()).toBeUndefined();
    expect(site.store.calls).toEqual([]);
    expect(site.events).toEqual([]);
  });

  test('new, looked at and nothing written: no store call, no cookie; the response depends on the cookie', async () => {
    const site = createSite({ initial: { cart: [] } }, { isAsync });
    const browser = site.browser();
    const head = await browser.visit((session) => {
      expect(session).toMatchObject({ cart: [], isNew: true, isDestroyed: false, subject: undefined });
    });
    expect(head).toEqual({ vary: 'Cookie' });
    expect(site.store.calls).toEqual([]);
    expect(browser.token).toBeUndefined();
  });

  test('new, written: create; the cookie is set, and the response is for nobody else', async () => {
    const site = createSite({}, { isAsync });
    const browser = site.browser();
    let id = '';
    const head = await browser.visit((session) => {
      id = session.id;
      session.name = 'Ann';
    });
    expect(head).toEqual({ vary: 'Cookie', noStore: true, setCookie: expect.stringMatching(/^sid=[\w.-]{53}; Path/) });
    expect(site.store.operations).toEqual(['create']);
    expect(site.store.only).toMatchObject({ id, version: 1, expiresAt: site.clock.now() + hour });
    expect(site.events).toEqual([{ name: 'created', id, subject: undefined }]);
    expect(await browser.read()).toEqual({ name: 'Ann' });
  });

  test('new, written and written back: nothing', async () => {
    const site = createSite({}, { isAsync });
    const head = await site.browser().visit((session) => {
      session.name = 'Ann';
      session.name = undefined;
    });
    expect(head?.setCookie).toBeUndefined();
    expect(site.store.calls).toEqual([]);
  });

  test('loaded, nobody asked for the session: one read, no header', async () => {
    const { browser, store, eventNames } = await visited();
    const exchange = await browser.open();
    expect(await exchange.commit()).toBeUndefined();
    expect(store.operations).toEqual(['read']);
    expect(eventNames()).toEqual(['loaded']);
  });

  test('loaded, unchanged, touch not due: one read, no cookie', async () => {
    const { browser, store, clock } = await visited();
    clock.advance(minute - 1);
    expect(await browser.visit((session) => void session.name)).toEqual({ vary: 'Cookie' });
    expect(store.operations).toEqual(['read']);
  });

  test('loaded, unchanged, touch due: touch; no cookie, for it carries no Max-Age', async () => {
    const { browser, store, clock, sessions, eventsOf } = await visited();
    clock.advance(minute);
    expect((await browser.visit())?.setCookie).toBeUndefined();
    expect(store.operations).toEqual(['read', 'touch']);
    expect(store.only.version).toBe(1);
    expect(store.only.expiresAt).toBe(clock.now() + sessions.expiry.idleTimeout);
    expect(eventsOf('touched')).toEqual([{ id: store.only.id, expiresAt: clock.now() + hour }]);
  });

  test('the same with a persistent cookie: it is set again, with what the session has left', async () => {
    const { browser, store, clock } = await visited({ cookie: { maxAge: '10m' } });
    clock.advance(minute);
    const head = await browser.visit();
    expect(store.writes).toEqual([{ operation: 'touch', arguments: [store.only.id, clock.now() + 10 * minute] }]);
    expect(head).toMatchObject({ setCookie: expect.stringContaining('; Max-Age=600;'), noStore: true });
  });

  test('loaded, changed: update at the version that was read; no cookie', async () => {
    const { browser, store, eventsOf } = await visited();
    const head = await browser.write({ name: 'Bob', age: 7 });
    expect(head).toEqual({ vary: 'Cookie' });
    expect(store.operations).toEqual(['read', 'update']);
    expect(store.calls.at(-1)?.arguments[1]).toBe(1);
    expect(store.only.version).toBe(2);
    expect(eventsOf('committed')).toEqual([{ id: store.only.id, version: 2 }]);
    expect(await browser.read()).toEqual({ name: 'Bob', age: 7 });
  });

  test('a change deep inside is a change; the same value assigned again is none', async () => {
    const { browser, store } = await visited();
    await browser.write({ cart: { items: [1] } });
    store.calls = [];
    await browser.visit((session) => (session.cart as { items: number[] }).items.push(2));
    expect(store.operations).toEqual(['read', 'update']);
    store.calls = [];
    await browser.write({ cart: { items: [1, 2] } });
    expect(store.operations).toEqual(['read']);
  });

  test('loaded, changed, touch due: the change extends the session’s life as a touch does, in one call', async () => {
    const { browser, store, clock } = await visited({ cookie: { maxAge: '10m' } });
    clock.advance(minute);
    expect((await browser.write({ name: 'Bob' }))?.setCookie).toContain('; Max-Age=600;');
    expect(store.operations).toEqual(['read', 'update']);
    expect(store.only.expiresAt).toBe(clock.now() + 10 * minute);
  });

  test('E2, E5: with a write every few seconds a persistent cookie lives as long as its session', async () => {
    const { browser, store, clock, sessions } = await visited({ cookie: { maxAge: '10m' } });
    let cookieUntil = clock.now() + 10 * minute;
    for (let count = 1; count <= 100; count++) {
      clock.advance(20_000);
      const head = await browser.write({ count });
      const [, seconds] = /Max-Age=(\d+)/.exec(head?.setCookie ?? '') ?? [];
      if (seconds !== undefined) cookieUntil = clock.now() + Number(seconds) * 1000;
      expect(cookieUntil).toBeGreaterThan(clock.now() + sessions.expiry.idleTimeout - sessions.expiry.touchEvery - 1);
      expect(cookieUntil).toBeLessThanOrEqual(store.only.expiresAt + 1000);
    }
  });

  test('loaded, changed, in conflict: merge and try again; the other’s change is kept', async () => {
    const { browser, store } = await visited();
    const exchange = await browser.open();
    await browser.copy().write({ theirs: 1 });
    store.calls = [];
    exchange.session.mine = 1;
    await browser.finish(exchange);
    expect(store.operations).toEqual(['update', 'update']);
    expect(store.only.version).toBe(3);
    expect(await browser.read()).toEqual({ name: 'Ann', theirs: 1, mine: 1 });
  });

  test('loaded, changed, gone: nothing is written, no cookie is touched, and an event tells', async () => {
    const { browser, store, sessions, eventsOf } = await visited();
    const exchange = await browser.open();
    const { id } = exchange.session;
    await sessions.revoke(id);
    store.calls = [];
    exchange.session.name = 'Bob';
    expect(await browser.finish(exchange)).toEqual({ vary: 'Cookie' });
    expect(store.operations).toEqual(['update']);
    expect(store.records.size).toBe(0);
    expect(eventsOf('refused')).toEqual([{ id, reason: 'gone', at: 'commit' }]);
    expect(exchange.session.isDestroyed).toBe(true);
  });

  test('loaded, unchanged, gone at the touch: the same', async () => {
    const { browser, store, sessions, clock, eventsOf } = await visited();
    const exchange = await browser.open();
    void exchange.session;
    await sessions.revoke(exchange.id);
    clock.advance(minute);
    expect(await browser.finish(exchange)).toEqual({ vary: 'Cookie' });
    expect(store.records.size).toBe(0);
    expect(eventsOf('refused')).toMatchObject([{ reason: 'gone', at: 'commit' }]);
  });

  test('logged in: update with a new secret; a new token is set', async () => {
    const { browser, store, eventsOf } = await visited();
    const before = browser.token;
    const head = await browser.visit((session) => session.login('ann'));
    // The last read: whether somebody has ended the session since, while the handler went on.
    expect(store.operations).toEqual(['read', 'update', 'read']);
    expect(head?.setCookie).toMatch(/^sid=/);
    expect(browser.token).not.toBe(before);
    expect(store.only.subject).toBe('ann');
    expect(eventsOf('login')).toEqual([{ id: store.only.id, subject: 'ann' }]);
  });

  test('rotated: update with a new secret; a new token is set', async () => {
    const { browser, store, eventsOf } = await visited();
    const before = browser.token;
    await browser.visit((session) => session.rotate());
    // The last read: whether somebody has logged in since, while the handler went on.
    expect(store.operations).toEqual(['read', 'update', 'read']);
    expect(browser.token).not.toBe(before);
    expect(browser.token?.split('.')[0]).toBe(before?.split('.')[0]);
    expect(eventsOf('rotated')).toEqual([{ id: store.only.id }]);
  });

  test('regenerated: destroy old, create new; a new token is set', async () => {
    const { browser, store, eventsOf } = await visited();
    const old = store.only.id;
    await browser.visit((session) => session.regenerate());
    expect(store.operations).toEqual(['read', 'destroy', 'create']);
    expect(store.only.id).not.toBe(old);
    expect(browser.token?.startsWith(store.only.id)).toBe(true);
    expect(eventsOf('destroyed')).toEqual([{ id: old, by: 'regenerate' }]);
    expect(await browser.read()).toEqual({});
  });

  test('destroyed: destroy; the cookie is cleared with the same attributes', async () => {
    const { browser, store, eventsOf } = await visited();
    const { id } = store.only;
    const head = await browser.visit((session) => session.destroy());
    expect(head).toEqual({
      vary: 'Cookie',
      noStore: true,
      setCookie: 'sid=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure',
    });
    expect(store.operations).toEqual(['read', 'destroy']);
    expect(eventsOf('destroyed')).toEqual([{ id, by: 'destroy' }]);
  });

  test('cookie unknown, expired, forged or malformed: one read at most, no write, no cookie, and an event with the reason', async () => {
    const { browser, store, sessions, clock, events, eventsOf } = await visited({ secret: 'key' });
    const { id } = store.only;
    const token = browser.token ?? '';
    const visitor = browser.copy();
    const refusals: string[] = [];
    const tryToken = async (attempt: string, operations: readonly string[]) => {
      events.length = 0;
      store.calls = [];
      visitor.token = attempt;
      expect(await visitor.visit((session) => void session.name)).toEqual({ vary: 'Cookie' });
      expect(store.operations).toEqual(operations);
      refusals.push(...eventsOf('refused').map(({ reason, at }) => `${reason} at ${at}`));
    };
    await tryToken('nonsense', []);
    await tryToken(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, []);
    await tryToken(token.slice(0, 53), []);
    await sessions.revoke(id);
    await tryToken(token, ['read']);
    await browser.write({ name: 'again' });
    clock.advance(hour);
    await tryToken(browser.token ?? '', ['read']);
    expect(refusals).toEqual([
      'malformed at open',
      'forged at open',
      'forged at open',
      'unknown at open',
      'unknown at open',
    ]);
  });

  test('a store that ignores expiry: the core does not, and says so', async () => {
    const { browser, store, clock, events } = await visited();
    const { id } = store.only;
    clock.advance(hour);
    const stale = store.records.get(id);
    store.read = () => stale;
    expect(await browser.read()).toEqual({});
    expect(events).toEqual([
      { name: 'expired', id },
      { name: 'refused', id, reason: 'expired', at: 'open' },
    ]);
  });

  test('commit fails: what the handler wrote is not stored, and nothing is sent', async () => {
    const { browser, store } = await visited();
    const exchange = await browser.open();
    exchange.session.big = 10n;
    await expect(browser.finish(exchange)).rejects.toMatchObject({
      code: 'ERR_SESS_DATA',
      message: expect.stringContaining('The session was not stored.'),
    });
    expect(store.only.version).toBe(1);
  });
});

describe('what JSON loses is refused, also where the text of the data stays the same', () => {
  test.each<[string, object, unknown, string]>([
    ['a function', {}, () => 'hi', 'session.field is a function'],
    ['a symbol', {}, Symbol('s'), 'session.field is a symbol'],
    ['a Set in place of an empty object', { field: {} }, new Set(['a']), 'session.field is of class Set'],
    ['a promise in place of an empty object', { field: {} }, Promise.resolve(1), 'session.field is of class Promise'],
    ['NaN in place of null', { field: null }, Number.NaN, 'session.field is NaN'],
  ])('%s', async (_, before, value, message) => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ name: 'Ann', ...before });
    const refusal = { code: 'ERR_SESS_DATA', message: expect.stringMatching(`${message},.*a codec`) };
    await expect(browser.write({ field: value })).rejects.toMatchObject(refusal);
    await expect(site.browser().write({ field: value })).rejects.toMatchObject(refusal);
    expect(await browser.read()).toEqual({ name: 'Ann', ...before });
  });
});

describe('a store and a digest that answer at once', () => {
  test('make open and commit answer at once: no request waits for a promise it does not need', () => {
    const site = createSite();
    const exchange = site.sessions.open({ cookie: undefined, https: true });
    if (exchange instanceof Promise) throw new Error('open answered with a promise');
    (exchange as { session: Record<string, unknown> }).session.name = 'Ann';
    const head = (exchange as { commit(): unknown }).commit();
    expect(head).toMatchObject({ setCookie: expect.any(String) });
  });
});
