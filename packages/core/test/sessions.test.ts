import { createSessions, exposeAdmin, manualClock } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { amendBody } from './support/amend-body.js';
import { MapStore, withoutAbilities } from './support/map-store.js';
import { createSite, modes } from './support/site.js';

const minute = 60_000;
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe.each(modes)('the sessions of a subject: $mode', ({ isAsync }) => {
  const create = (options: Parameters<typeof createSite>[0] = {}) => createSite(options, { isAsync });

  async function logIn(site: ReturnType<typeof create>, subject: string, fields: object = {}) {
    const browser = site.browser();
    await browser.visit((session) => {
      Object.assign(session, fields);
      return session.login(subject);
    });
    return browser;
  }

  const idOf = (browser: { token: string | undefined }) => browser.token?.split('.')[0] ?? '';

  test('list: the subject’s live sessions, the latest login first, with what the app has noted', async () => {
    const site = create();
    const phone = await logIn(site, 'ann', { agent: 'phone' });
    const start = site.clock.now();
    site.clock.advance(10 * minute);
    const laptop = await logIn(site, 'ann', { agent: 'laptop' });
    await logIn(site, 'bob');
    site.clock.advance(5 * minute);
    await phone.visit();
    expect(await site.sessions.list('ann')).toEqual([
      {
        id: idOf(laptop),
        subject: 'ann',
        createdAt: start + 10 * minute,
        authenticatedAt: start + 10 * minute,
        isRemembered: false,
        lastSeenAt: start + 10 * minute,
        expiresAt: start + 70 * minute,
        data: { agent: 'laptop' },
      },
      {
        id: idOf(phone),
        subject: 'ann',
        createdAt: start,
        authenticatedAt: start,
        isRemembered: false,
        lastSeenAt: start + 15 * minute,
        expiresAt: start + 75 * minute,
        data: { agent: 'phone' },
      },
    ]);
    expect(await site.sessions.list('nobody')).toEqual([]);
  });

  test('ASVS 7.5.2, S1: a list shows no token, and changing it changes nothing', async () => {
    const site = create();
    const browser = await logIn(site, 'ann', { cart: { items: [1] } });
    const [summary] = await site.sessions.list('ann');
    expect(JSON.stringify(summary)).not.toContain(browser.token?.split('.')[1]);
    const cart = summary?.data.cart as { items: number[] };
    cart.items.push(2);
    expect(await browser.read()).toEqual({ cart: { items: [1] } });
  });

  test('list and find leave out what is expired, damaged, or refused by the schema', async () => {
    const site = create({ absoluteTimeout: '2h' });
    const good = await logIn(site, 'ann');
    const damaged = await logIn(site, 'ann');
    const old = await logIn(site, 'ann');
    const { records } = site.store;
    const record = (browser: { token: string | undefined }) => records.get(idOf(browser)) as never as { body: string };
    records.set(idOf(damaged), { ...record(damaged), body: 'damaged' } as never);
    // A record of a time when the absolute timeout was longer.
    const started = site.clock.now() - 3 * 60 * minute;
    const body = amendBody(record(old).body, () => ({ createdAt: started, authenticatedAt: started }));
    records.set(idOf(old), { ...record(old), body } as never);
    expect((await site.sessions.list('ann')).map(({ id }) => id)).toEqual([idOf(good)]);
    expect(await site.sessions.find(idOf(damaged))).toBeUndefined();
    expect(await site.sessions.find(idOf(old))).toBeUndefined();
    expect(await site.sessions.find('unknown')).toBeUndefined();
  });

  test.each(['find', 'list'] as const)(
    'E2: %s has a session that is kept alive while the store answers',
    async (verb) => {
      const site = create({ idleTimeout: '10m' });
      const browser = await logIn(site, 'ann');
      const other = await browser.open();
      site.clock.advance(10 * minute - 1000);
      let goOn = () => {};
      const held = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const call = verb === 'find' ? 'read' : 'list';
      const ask = site.store[call].bind(site.store) as (key: string) => never;
      site.store[call] = async (key: string) => {
        site.store[call] = ask;
        const before = await ask(key);
        await held;
        return before;
      };
      const asked = verb === 'find' ? site.sessions.find(idOf(browser)) : site.sessions.list('ann');
      await other.commit();
      // Within storeTimeout.
      site.clock.advance(2000);
      goOn();
      expect([await asked].flat()).toMatchObject([{ id: idOf(browser) }]);
    },
  );

  test('find and list leave out a session that is just being replaced, and that nothing opens any more', async () => {
    const site = create();
    const browser = await logIn(site, 'ann');
    const record = site.store.only;
    site.store.records.set(record.id, { ...record, body: amendBody(record.body, () => ({ secrets: [] })) });
    expect(await site.sessions.find(idOf(browser))).toBeUndefined();
    expect(await site.sessions.list('ann')).toEqual([]);
    expect(await site.sessions.revokeAll('ann')).toBe(1);
  });

  test.each<[string, unknown]>([
    ['the id itself', 'the-id'],
    ['a misspelt option', { exept: 'the-id' }],
    ['an id that is none', { except: 7 }],
    ['null', null],
  ])('revokeAll refuses %s in place of its options, and ends nothing', async (_, options) => {
    const site = create();
    const browser = await logIn(site, 'ann');
    await expect(site.sessions.revokeAll('ann', options as never)).rejects.toMatchObject({
      code: 'ERR_SESS_CONFIG',
      message: expect.stringContaining('{ except: session.id }'),
    });
    expect(await browser.isKnown()).toBe(true);
  });

  test('find: a session by its id, anonymous ones too; it is not extended by being looked at', async () => {
    const site = create();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    site.store.calls = [];
    expect(await site.sessions.find(idOf(browser))).toMatchObject({ subject: undefined, data: { name: 'Ann' } });
    expect(site.store.writes).toEqual([]);
  });

  test.each([undefined, null, 7, ['a']])('revoke and find refuse %o, which names no session', async (id) => {
    const { sessions, store } = create();
    await expect(sessions.revoke(id as never)).rejects.toMatchObject({ code: 'ERR_SESS_DATA' });
    await expect(sessions.find(id as never)).rejects.toMatchObject({ code: 'ERR_SESS_DATA' });
    expect(store.calls).toEqual([]);
  });

  test('revoke: ends the session, wherever it is in use; an unknown id is no error', async () => {
    const site = create();
    const browser = await logIn(site, 'ann');
    const exchange = await browser.open();
    exchange.session.late = 1;
    await site.sessions.revoke(idOf(browser));
    await site.sessions.revoke('unknown');
    await exchange.commit();
    expect(await browser.isKnown()).toBe(false);
    expect(site.store.records.size).toBe(0);
    expect(site.eventsOf('destroyed')[0]).toEqual({ id: idOf(browser), by: 'revoke' });
  });

  test('D5, ASVS 7.4.3: revokeAll ends all of a subject’s, but for `except`, and answers how many', async () => {
    const site = create();
    const browsers = [await logIn(site, 'ann'), await logIn(site, 'ann'), await logIn(site, 'ann')] as const;
    const other = await logIn(site, 'bob');
    expect(await site.sessions.revokeAll('ann', { except: idOf(browsers[0]) })).toBe(2);
    expect(await Promise.all(browsers.map((browser) => browser.isKnown()))).toEqual([true, false, false]);
    expect(await site.sessions.revokeAll('ann')).toBe(1);
    expect(await site.sessions.revokeAll('ann')).toBe(0);
    expect(await browsers[0].isKnown()).toBe(false);
    expect(await other.isKnown()).toBe(true);
    expect(site.eventsOf('destroyed').map(({ by }) => by)).toEqual(['revokeAll', 'revokeAll', 'revokeAll']);
  });

  test('D5: revokeAll ends a damaged record too', async () => {
    const site = create();
    await logIn(site, 'ann');
    site.store.records.set(site.store.only.id, { ...site.store.only, body: 'damaged' });
    expect(await site.sessions.revokeAll('ann')).toBe(1);
    expect(site.store.records.size).toBe(0);
  });

  test.each(['list', 'revokeAll'] as const)('%s refuses a subject that cannot be one', async (method) => {
    const { sessions } = create();
    await expect(sessions[method]('')).rejects.toMatchObject({ code: 'ERR_SESS_DATA' });
    await expect(sessions[method](undefined as never)).rejects.toMatchObject({ code: 'ERR_SESS_DATA' });
  });

  test('a store without a subject index: list and revokeAll say so', async () => {
    const clock = manualClock();
    const sessions = createSessions({ store: withoutAbilities(new MapStore(clock)), clock });
    for (const method of ['list', 'revokeAll'] as const) {
      await expect(sessions[method]('ann')).rejects.toMatchObject({
        code: 'ERR_SESS_UNSUPPORTED',
        message: expect.stringContaining('choose one with a subject index (a `list` method)'),
      });
    }
  });

  test('a failure of the store is wrapped', async () => {
    const site = create();
    await logIn(site, 'ann');
    site.store.before = () => {
      throw new Error('down');
    };
    const { sessions } = site;
    const down = { code: 'ERR_SESS_STORE', cause: expect.objectContaining({ message: 'down' }) };
    await expect(sessions.list('ann')).rejects.toMatchObject(down);
    await expect(sessions.find('id')).rejects.toMatchObject(down);
    await expect(sessions.revoke('id')).rejects.toMatchObject(down);
    await expect(sessions.revokeAll('ann')).rejects.toMatchObject(down);
    await expect(sessions.sweep()).rejects.toMatchObject(down);
    await expect(sessions.close()).rejects.toMatchObject(down);
    expect(site.eventsOf('destroyed')).toEqual([]);
  });
});

describe('sweep and close', () => {
  test('are passed on to a store that can', async () => {
    const { sessions, store, clock, ...site } = createSite();
    for (let i = 0; i < 3; i++) await site.browser().write({ i });
    clock.advance(60 * minute);
    expect(await sessions.sweep(2)).toBe(2);
    expect(await sessions.sweep()).toBe(1);
    await sessions.close();
    expect(store.operations.at(-1)).toBe('close');
    expect(store.calls.filter(({ operation }) => operation === 'sweep').map((call) => call.arguments)).toEqual([
      [2],
      [1000],
    ]);
  });

  test('cost nothing on a store that cannot', async () => {
    const clock = manualClock();
    const sessions = createSessions({ store: withoutAbilities(new MapStore(clock)), clock });
    expect(await sessions.sweep()).toBe(0);
    await sessions.close();
  });
});

describe('sweeping beside the creation of sessions', () => {
  const sweeps = (store: MapStore) => store.calls.filter(({ operation }) => operation === 'sweep').length;

  test('once a minute at most, and at once again while there is more', async () => {
    const { store, clock, ...site } = createSite();
    for (let i = 0; i < 150; i++) await site.browser().write({ i });
    expect(sweeps(store)).toBe(0);
    clock.advance(60 * minute);
    await site.browser().write({ new: 1 });
    expect(sweeps(store)).toBe(1);
    expect(store.records.size).toBe(51);
    await site.browser().write({ new: 2 });
    expect(store.records.size).toBe(2);
    await site.browser().write({ new: 3 });
    expect(sweeps(store)).toBe(2);
    clock.advance(minute);
    await site.browser().write({ new: 4 });
    expect(sweeps(store)).toBe(3);
  });

  test('never, if that is what the options say', async () => {
    const { store, clock, ...site } = createSite({ sweepEvery: false });
    clock.advance(60 * minute);
    await site.browser().write({ new: 1 });
    expect(sweeps(store)).toBe(0);
  });

  test('a sweep that fails, or hangs, disturbs no request; its failure is an event', async () => {
    const { store, clock, ...site } = createSite();
    store.sweep = () => {
      throw new Error('sweep failed');
    };
    clock.advance(minute);
    await site.browser().write({ new: 1 });
    await settle();
    expect(site.eventsOf('error')).toMatchObject([
      { error: { code: 'ERR_SESS_STORE', cause: { message: 'sweep failed' } } },
    ]);

    store.sweep = () => new Promise(() => {});
    clock.advance(minute);
    await site.browser().write({ new: 2 });
    clock.advance(minute);
    await settle();
    expect(site.eventsOf('error').at(-1)).toMatchObject({ error: { code: 'ERR_SESS_STORE_TIMEOUT' } });

    let isSweptAgain = false;
    store.sweep = () => {
      isSweptAgain = true;
      return 0;
    };
    clock.advance(minute);
    await site.browser().write({ new: 3 });
    expect(isSweptAgain).toBe(true);
    expect(site.eventsOf('created')).toHaveLength(3);
  });
});

describe('exposeAdmin', () => {
  test('offers the administration as an object of its own', async () => {
    const site = createSite();
    const { list, find, revoke, revokeAll, sweep, on, close, expiry, cookie } = exposeAdmin(site.sessions);
    const told: unknown[] = [];
    const stop = on('login', (event) => told.push(event));
    const browser = site.browser();
    await browser.visit((session) => session.login('ann'));
    stop();
    await browser.visit((session) => session.login('ann'));
    const { id } = site.store.only;
    expect(told).toEqual([{ id, subject: 'ann' }]);
    expect(await list('ann')).toHaveLength(1);
    expect(await find(id)).toMatchObject({ subject: 'ann' });
    expect(await revokeAll('ann', { except: id })).toBe(0);
    await revoke(id);
    expect(await find(id)).toBeUndefined();
    expect(await sweep()).toBe(0);
    await close();
    expect(expiry).toEqual(site.sessions.expiry);
    expect(cookie).toEqual(site.sessions.cookie);
  });
});

describe('what a session manager shows', () => {
  test('ASVS 7.1.1: the effective policies, frozen', () => {
    const { sessions } = createSite({ idleTimeout: '15m', cookie: { sameSite: 'strict' } });
    expect(sessions.expiry).toEqual({
      idleTimeout: 15 * minute,
      absoluteTimeout: 24 * 60 * minute,
      touchEvery: minute,
    });
    expect(sessions.cookie).toMatchObject({ name: 'sid', sameSite: 'strict' });
    expect([Object.isFrozen(sessions.expiry), Object.isFrozen(sessions.cookie)]).toEqual([true, true]);
  });

  test('report tells listeners of what an adapter has noticed', () => {
    const site = createSite();
    expect(site.sessions.hasListeners('insecure')).toBe(true);
    site.sessions.report('insecure', { problem: 'proxy-not-trusted', remedy: 'trust it' });
    expect(site.eventsOf('insecure')).toEqual([{ problem: 'proxy-not-trusted', remedy: 'trust it' }]);
    expect(createSessions({ store: new MapStore(manualClock()) }).hasListeners('insecure')).toBe(false);
  });
});

describe('parallel first requests of a new browser', () => {
  // express-session#568: each makes a session; the browser keeps the last cookie it is sent.
  test('leave sessions behind that nobody can open, and nothing else', async () => {
    const { store, ...site } = createSite();
    const browser = site.browser();
    const exchanges = await Promise.all([browser.open(), browser.open(), browser.open()]);
    for (const [at, exchange] of exchanges.entries()) exchange.session.first = at;
    for (const exchange of exchanges) await browser.finish(exchange);
    expect(store.records.size).toBe(3);
    expect(await browser.read()).toEqual({ first: 2 });
  });
});

test('on refuses the name of an event that there is not', () => {
  const { sessions } = createSite();
  expect(() => sessions.on('logout' as never, () => {})).toThrow(
    expect.objectContaining({
      code: 'ERR_SESS_CONFIG',
      message: expect.stringContaining('There is no event logout. There are: created,'),
    }),
  );
});
