import { manualClock, requireFresh } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { amendBody } from './support/amend-body.js';
import { MapStore } from './support/map-store.js';
import { createSite, modes } from './support/site.js';

const hour = 3_600_000;

describe.each(modes)('login: $mode', ({ isAsync }) => {
  const create = (options: Parameters<typeof createSite>[0] = {}) => createSite(options, { isAsync });

  test('ASVS 7.2.4: the session belongs to the subject, has a new secret, and keeps its id and what the visitor did before', async () => {
    const { store, clock, ...site } = create();
    const browser = site.browser();
    await browser.write({ cart: [1] });
    const { id } = store.only;
    clock.advance(1000);
    await browser.visit(async (session) => {
      session.name = 'Ann';
      await session.login('ann');
      expect(session).toMatchObject({ id, subject: 'ann', cart: [1], name: 'Ann', authenticatedAt: clock.now() });
      expect(session.createdAt).toBe(clock.now() - 1000);
    });
    expect(store.only).toMatchObject({ id, subject: 'ann' });
    expect(await browser.read()).toEqual({ cart: [1], name: 'Ann' });
  });

  test('D4: the old token opens nothing from then on, without any grace', async () => {
    const { eventsOf, ...site } = create({ rotateGrace: '1h' });
    const browser = site.browser();
    await browser.write({ cart: [1] });
    const fixated = browser.copy();
    await browser.visit((session) => session.login('ann'));
    expect(await fixated.isKnown()).toBe(false);
    expect(eventsOf('refused')).toMatchObject([{ reason: 'superseded', at: 'open' }]);
    expect(await browser.isKnown()).toBe(true);
  });

  test('what a request that was opened before was about to write is refused', async () => {
    const { eventsOf, ...site } = create();
    const browser = site.browser();
    await browser.write({ cart: [1] });
    const slow = await browser.open();
    slow.session.cart = ['fixated'];
    await browser.visit((session) => session.login('ann'));
    expect(await slow.commit()).toEqual({ vary: 'Cookie' });
    expect(await browser.read()).toEqual({ cart: [1] });
    expect(eventsOf('refused')).toMatchObject([{ reason: 'superseded', at: 'commit' }]);
    expect(slow.session.isDestroyed).toBe(true);
  });

  test('D2: so are its rotation, its login, its regenerate and its save', async () => {
    const { store, ...site } = create();
    const browser = site.browser();
    await browser.write({ cart: [1] });
    const requests = [];
    for (let i = 0; i < 4; i++) requests.push(await browser.open());
    await browser.visit((session) => session.login('ann'));
    const ended = expect.objectContaining({ code: 'ERR_SESS_ENDED' });
    const [rotates, logsIn, regenerates, saves] = requests.map(({ session }) => session);
    await expect(rotates?.rotate()).rejects.toEqual(ended);
    await expect(logsIn?.login('eve')).rejects.toEqual(ended);
    await expect(regenerates?.regenerate({ keep: ['cart'] })).rejects.toEqual(ended);
    Object.assign(saves ?? {}, { cart: [] });
    await expect(saves?.save()).rejects.toEqual(ended);
    expect(store.only).toMatchObject({ subject: 'ann' });
    expect(await browser.read()).toEqual({ cart: [1] });
  });

  test('of a new session: stored at once as the subject’s', async () => {
    const { store, eventsOf, ...site } = create();
    const browser = site.browser();
    await browser.visit((session) => {
      session.name = 'Ann';
      return session.login('ann');
    });
    expect(store.operations).toEqual(['create']);
    expect(store.only.subject).toBe('ann');
    expect(eventsOf('created')).toEqual([{ id: store.only.id, subject: 'ann' }]);
    expect(eventsOf('login')).toEqual([{ id: store.only.id, subject: 'ann' }]);
    expect(await browser.read()).toEqual({ name: 'Ann' });
  });

  test('again of the same subject: a new secret and a new absolute period; the data stay', async () => {
    const { store, clock, ...site } = create();
    const browser = site.browser();
    await browser.visit((session) => session.login('ann'));
    await browser.write({ cart: [1] });
    const before = browser.token;
    const { id } = store.only;
    clock.advance(1000);
    await browser.visit((session) => session.login('ann'));
    expect(browser.token).not.toBe(before);
    expect(store.only.id).toBe(id);
    expect(await browser.read()).toEqual({ cart: [1] });
  });

  test('of another subject: a new session, with only what this request has written; the old one is gone', async () => {
    const { store, eventsOf, ...site } = create({ initial: { theme: 'light' } });
    const browser = site.browser();
    await browser.visit(async (session) => {
      await session.login('ann');
      session.theme = 'dark';
      session.secretOfAnn = 1;
      session.lastPage = '/a';
    });
    const old = store.only.id;
    const annsOther = browser.copy();
    await browser.visit(async (session) => {
      session.lastPage = '/b';
      delete session.secretOfAnn;
      await session.login('bob');
      expect({ ...session }).toEqual({ theme: 'light', lastPage: '/b' });
      expect([session.subject, session.isNew]).toEqual(['bob', true]);
      session.after = 1;
    });
    expect(store.only.id).not.toBe(old);
    expect(store.only.subject).toBe('bob');
    expect(await browser.read()).toEqual({ theme: 'light', lastPage: '/b', after: 1 });
    expect(await annsOther.isKnown()).toBe(false);
    expect(eventsOf('destroyed')).toEqual([{ id: old, by: 'login' }]);
  });

  test('of another subject: what this request has stored before goes along, what others have stored does not', async () => {
    const site = createSite({}, { isAsync });
    const browser = site.browser();
    await browser.visit((session) => session.login('bob'));
    await browser.visit(async (session) => {
      await browser.copy().write({ theirs: 'of bob' });
      session.mine = 'welcome';
      await session.save();
      await session.login('ada');
      expect({ ...session }).toEqual({ mine: 'welcome' });
    });
    expect(await browser.read()).toEqual({ mine: 'welcome' });
  });

  test('of another subject: nor does what others have put in the place of what this request has stored', async () => {
    const site = createSite({}, { isAsync });
    const browser = site.browser();
    await browser.visit((session) => session.login('bob'));
    await browser.visit(async (session) => {
      Object.assign(session, { mine: 'welcome', note: 'draft' });
      await session.save();
      await browser.copy().write({ note: 'of bob' });
      await session.reload();
      await session.login('ada');
      expect({ ...session }).toEqual({ mine: 'welcome' });
    });
  });

  test('of another subject counts although the store cannot remove what is left of the old session', async () => {
    const site = createSite({ maxPerSubject: 1 }, { isAsync });
    const [phone, desk] = [site.browser(), site.browser()];
    await phone.visit((session) => session.login('ada'));
    await desk.visit((session) => session.login('bob'));
    const old = desk.copy();
    site.store.before = async ({ operation, arguments: [id] }) => {
      if (operation === 'destroy' && id === old.token?.split('.')[0]) throw new Error('down');
    };
    await desk.visit((session) => session.login('ada'));
    expect(site.eventsOf('login')).toHaveLength(3);
    expect(site.eventsOf('error')).toMatchObject([{ error: { code: 'ERR_SESS_STORE' } }]);
    expect(await desk.isKnown()).toBe(true);
    expect([await old.isKnown(), await phone.isKnown()]).toEqual([false, false]);
  });

  test('E3: begins a new absolute period; nothing else does', async () => {
    const { store, clock, ...site } = create({ idleTimeout: false, absoluteTimeout: '10h' });
    const browser = site.browser();
    await browser.write({ cart: [1] });
    const created = clock.now();
    clock.advance(4 * hour);
    await browser.visit(async (session) => {
      session.cart = [2];
      await session.save();
      await session.rotate();
      await session.touch();
    });
    expect(store.only.expiresAt).toBe(created + 10 * hour);
    await browser.visit((session) => session.login('ann'));
    expect(store.only.expiresAt).toBe(clock.now() + 10 * hour);
    clock.advance(10 * hour - 1);
    expect(await browser.isKnown()).toBe(true);
    clock.advance(1);
    expect(await browser.isKnown()).toBe(false);
  });

  test('stores what the request has written, merged with what others have', async () => {
    const { ...site } = create();
    const browser = site.browser();
    await browser.write({ cart: [1] });
    const exchange = await browser.open();
    await browser.copy().write({ theirs: 1 });
    exchange.session.mine = 1;
    await exchange.session.login('ann');
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({ cart: [1], theirs: 1, mine: 1 });
  });

  test.each([[undefined], [null], [7], [''], ['a\0b'], ['\ud800'], [{ toString: () => 'ann' }]])(
    'refuses the subject %o and stores nothing',
    async (subject) => {
      const { store, ...site } = create();
      await site.browser().visit(async (session) => {
        await expect(session.login(subject as string)).rejects.toMatchObject({ code: 'ERR_SESS_DATA' });
      });
      expect(store.calls).toEqual([]);
    },
  );

  test('does not go through with data that may not be stored', async () => {
    const { store, ...site } = create();
    const browser = site.browser();
    await browser.write({ cart: [1] });
    await browser.visit(async (session) => {
      session.cart = 1n;
      await expect(session.login('ann')).rejects.toMatchObject({ code: 'ERR_SESS_DATA' });
      session.cart = [1];
    });
    expect(store.only.subject).toBeUndefined();
  });

  test('ASVS 7.5.1: requireFresh asks for a login, and is content after it', async () => {
    const { clock, ...site } = create();
    const browser = site.browser();
    await browser.visit(async (session) => {
      const check = () => requireFresh(session, '5m', { now: clock.now() });
      expect(check).toThrow(expect.objectContaining({ code: 'ERR_SESS_STALE', status: 401 }));
      await session.login('ann');
      expect(check).not.toThrow();
      clock.advance(300_001);
      expect(check).toThrow(/the last login is 300 s ago/);
    });
  });
});

test('ASVS 7.5.1: requireFresh goes by the clock of the session that it is given', async () => {
  const { clock, ...site } = createSite();
  const browser = site.browser();
  await browser.visit((session) => session.login('ann'));
  clock.advance(300_000);
  await browser.visit((session) => requireFresh(session, '5m'));
  clock.advance(1);
  await browser.visit((session) => expect(() => requireFresh(session, '5m')).toThrow(/the last login is 300 s ago/));
});

describe.each(modes)('maxPerSubject (ASVS 7.1.2): $mode', ({ isAsync }) => {
  async function logIn(site: ReturnType<typeof createSite>, subject = 'ann') {
    const browser = site.browser();
    site.clock.advance(1);
    await browser.visit((session) => session.login(subject));
    return browser;
  }

  test('evict, the default: the session that logged in longest ago ends', async () => {
    const site = createSite({ maxPerSubject: 2 }, { isAsync });
    const first = await logIn(site);
    const second = await logIn(site);
    // The first is not the one used longest ago.
    await first.write({ active: true });
    const third = await logIn(site);
    expect(await Promise.all([first, second, third].map((browser) => browser.isKnown()))).toEqual([false, true, true]);
    expect(site.eventsOf('destroyed')).toMatchObject([{ by: 'limit' }]);
    await logIn(site, 'bob');
    expect(await second.isKnown()).toBe(true);
  });

  test('evict: the login that comes last has its place, also in the millisecond of the one before', async () => {
    // Ids decide between equal ranks: by chance, some of these are smaller than those before.
    for (let trial = 0; trial < 10; trial++) {
      const site = createSite({ maxPerSubject: 1 }, { isAsync });
      await site.browser().visit((session) => session.login('ann'));
      const last = site.browser();
      await last.visit((session) => session.login('ann'));
      expect(await last.isKnown()).toBe(true);
    }
  });

  test('evict: so it has on a server whose clock is behind', async () => {
    const [ahead, behind] = [manualClock(Date.UTC(2030, 0, 1) + 2000), manualClock(Date.UTC(2030, 0, 1))];
    const store = new MapStore(behind);
    const first = createSite({ maxPerSubject: 1 }, { clock: ahead, store, isAsync }).browser();
    const second = createSite({ maxPerSubject: 1 }, { clock: behind, store, isAsync }).browser();
    await first.visit((session) => session.login('ann'));
    await second.visit((session) => session.login('ann'));
    expect([await first.isKnown(), await second.isKnown()]).toEqual([false, true]);
  });

  test('a session that is over by the policy in force takes no place', async () => {
    const clock = manualClock();
    const store = new MapStore(clock);
    await logIn(createSite({ idleTimeout: '24h' }, { clock, store, isAsync }));
    clock.advance(2 * hour);
    const stricter = { absoluteTimeout: '1h', maxPerSubject: { max: 1, onLimit: 'deny' } } as const;
    const site = createSite(stricter, { clock, store, isAsync });
    expect(await site.sessions.list('ann')).toEqual([]);
    expect(await (await logIn(site)).isKnown()).toBe(true);
  });

  test('a new login of a session that counts already takes no place', async () => {
    const site = createSite({ maxPerSubject: 2 }, { isAsync });
    const first = await logIn(site);
    const second = await logIn(site);
    await first.visit((session) => session.login('ann'));
    expect([await first.isKnown(), await second.isKnown()]).toEqual([true, true]);
  });

  test('deny: the login fails and changes nothing', async () => {
    const site = createSite({ maxPerSubject: { max: 1, onLimit: 'deny' } }, { isAsync });
    const first = await logIn(site);
    const second = site.browser();
    await second.write({ cart: [1] });
    await second.visit(async (session) => {
      await expect(session.login('ann')).rejects.toMatchObject({
        code: 'ERR_SESS_LIMIT',
        status: 403,
        message: expect.stringContaining(
          'The user has as many sessions as maxPerSubject allows (1). Let them end another',
        ),
      });
      expect([session.subject, session.isDestroyed]).toEqual([undefined, false]);
    });
    expect(await second.read()).toEqual({ cart: [1] });
    await first.visit((session) => session.login('ann'));
    await first.visit((session) => session.destroy());
    await second.visit((session) => session.login('ann'));
    expect(await second.isKnown()).toBe(true);
  });

  test('a session that is just being replaced takes no place', async () => {
    const site = createSite({ maxPerSubject: { max: 1, onLimit: 'deny' } }, { isAsync });
    await logIn(site);
    const record = site.store.only;
    site.store.records.set(record.id, { ...record, body: amendBody(record.body, () => ({ secrets: [] })) });
    const second = await logIn(site);
    expect(await second.isKnown()).toBe(true);
  });

  test.each<[string, string, boolean, number]>([
    ['the list after the session was stored', 'list', false, 2],
    ["the end of another's session", 'update', true, 1],
  ])('deny: a login that fails at %s leaves nobody out', async (_, failing, isMove, call) => {
    const site = createSite({ maxPerSubject: { max: 1, onLimit: 'deny' } }, { isAsync });
    const browser = site.browser();
    if (isMove) await browser.visit((session) => session.login('bob'));
    const exchange = await browser.open();
    let calls = 0;
    site.store.before = async ({ operation }) => {
      if (operation === failing && ++calls === call) throw new Error('hiccup');
    };
    await expect(exchange.session.login('ada')).rejects.toMatchObject({ code: 'ERR_SESS_STORE' });
    expect((await exchange.commit())?.setCookie).toBeUndefined();
    expect(await site.sessions.list('ada')).toEqual([]);
    expect(await (await logIn(site, 'ada')).isKnown()).toBe(true);
  });

  test.each<[string, 'create' | 'update', string | undefined, boolean]>([
    ['of a new session', 'create', undefined, false],
    ["in place of another's", 'create', 'bob', false],
    ['of a stored session', 'update', undefined, true],
  ])(
    'deny: a login %s that is stored, though the store has failed, leaves nobody out',
    async (_, failing, before, isStored) => {
      const site = createSite({ maxPerSubject: { max: 1, onLimit: 'deny' } }, { isAsync });
      const browser = site.browser();
      if (before !== undefined) await browser.visit((session) => session.login(before));
      if (isStored) await browser.write({ cart: [1] });
      const exchange = await browser.open();
      const answer = site.store[failing].bind(site.store) as (...given: unknown[]) => unknown;
      Object.assign(site.store, {
        [failing]: async (...given: unknown[]) => {
          await answer(...given);
          throw new Error('the reply was lost');
        },
      });
      await expect(exchange.session.login('ada')).rejects.toMatchObject({ code: 'ERR_SESS_STORE' });
      Object.assign(site.store, { [failing]: answer });
      await expect.poll(() => site.sessions.list('ada')).toEqual([]);
      expect(await (await logIn(site, 'ada')).isKnown()).toBe(true);
    },
  );

  test('a login that the store did not take leaves the session as it was', async () => {
    const site = createSite({}, { isAsync });
    const browser = site.browser();
    await browser.write({ cart: [1] });
    const exchange = await browser.open();
    site.store.before = async ({ operation }) => {
      if (operation === 'update') throw new Error('down');
    };
    await expect(exchange.session.login('ada')).rejects.toMatchObject({ code: 'ERR_SESS_STORE' });
    site.store.before = () => {};
    await expect.poll(() => site.store.operations.at(-1)).toBe('read');
    expect(await browser.read()).toEqual({ cart: [1] });
    expect(site.eventsOf('destroyed')).toEqual([]);
  });

  test.each(['evict', 'deny'] as const)('%s: ten logins at once never leave more than three open', async (onLimit) => {
    const site = createSite({ maxPerSubject: { max: 3, onLimit } }, { isAsync });
    const browsers = Array.from({ length: 10 }, () => site.browser());
    await Promise.allSettled(browsers.map((browser) => browser.visit((session) => session.login('ann'))));
    const open = await Promise.all(browsers.map((browser) => browser.isKnown()));
    expect(open.filter(Boolean).length).toBeLessThanOrEqual(3);
    if (onLimit === 'evict') expect(open.filter(Boolean).length).toBeGreaterThan(0);
    expect(await site.sessions.list('ann')).toHaveLength(open.filter(Boolean).length);
  });
});
