import { describe, expect, test } from 'vitest';
import { Browser } from './support/browser.js';
import { createSite, modes } from './support/site.js';

const minute = 60_000;
const hour = 60 * minute;

describe.each(modes)('the cookie: $mode', ({ isAsync }) => {
  const create = (options: Parameters<typeof createSite>[0] = {}) => createSite(options, { isAsync });

  test('E5: a persistent one lives exactly as long as the record, to the second', async () => {
    const { clock, store, ...site } = create({ cookie: { maxAge: '1h' }, absoluteTimeout: '90m' });
    const browser = site.browser();
    expect((await browser.write({ name: 'Ann' }))?.setCookie).toContain('; Max-Age=3600;');
    clock.advance(50 * minute + 1);
    const head = await browser.visit();
    // 40 minutes less 1 ms are left of the absolute timeout.
    expect(head?.setCookie).toContain('; Max-Age=2400;');
    expect(store.only.expiresAt - clock.now()).toBe(40 * minute - 1);
  });

  test('RFC 6265bis: a session without end has a cookie of 400 days', async () => {
    const browser = create({ idleTimeout: false, absoluteTimeout: false, cookie: { persistent: true } }).browser();
    expect((await browser.write({ name: 'Ann' }))?.setCookie).toContain('; Max-Age=34560000;');
  });

  test('maxAge sets the idle timeout', () => {
    const { sessions } = create({ cookie: { maxAge: 60_000 } });
    expect(sessions.expiry).toMatchObject({ idleTimeout: 60_000, touchEvery: 6000 });
    expect(sessions.cookie.persistent).toBe(true);
  });

  test('signed by an older key it is signed anew on sight, once', async () => {
    const old = create({ secret: 'old' });
    const browser = old.browser();
    await browser.write({ name: 'Ann' });
    const site = createSite({ secret: ['new', 'old'] }, { isAsync, clock: old.clock, store: old.store });
    const later = new Browser(site.sessions);
    later.token = browser.token;
    const bearer = later.token?.slice(0, 53);
    site.store.calls = [];
    const head = await later.visit();
    expect(head?.setCookie).toMatch(/^sid=/);
    expect(later.token).not.toBe(browser.token);
    expect(later.token?.slice(0, 53)).toBe(bearer);
    expect(site.store.writes).toEqual([]);
    expect((await later.visit())?.setCookie).toBeUndefined();
    expect(
      await new Browser(
        createSite({ secret: 'new' }, { isAsync, clock: old.clock, store: old.store }).sessions,
      ).isKnown(),
    ).toBe(false);
  });

  test('a first key logs a visitor out at each change between a server that has it and one that has not', async () => {
    const old = create({});
    const site = createSite({ secret: 'new' }, { isAsync, clock: old.clock, store: old.store });
    const [before, after] = [old.browser(), site.browser()];
    await before.write({ name: 'Ann' });
    for (const turn of [1, 2]) {
      after.token = before.token;
      expect(await after.isKnown()).toBe(false);
      await after.write({ turn });
      before.token = after.token;
      expect(await before.read()).toEqual({ turn });
    }
  });

  test('two cookies of one name: the first that opens a session counts', async () => {
    const { sessions, store, ...site } = create();
    const [ann, bob, gone] = [site.browser(), site.browser(), site.browser()];
    await ann.write({ name: 'Ann' });
    await bob.write({ name: 'Bob' });
    await gone.visit((session) => session.save());
    await sessions.revoke(gone.token?.split('.')[0] ?? '');
    const nameOf = async (...tokens: (string | undefined)[]) => {
      const cookie = tokens.map((token) => `sid=${token}`).join('; ');
      const exchange = await sessions.open({ cookie, https: true });
      return exchange.session.name;
    };
    expect(await nameOf(ann.token, bob.token)).toBe('Ann');
    expect(await nameOf(bob.token, ann.token)).toBe('Bob');
    expect(await nameOf('', 'nonsense', ann.token)).toBe('Ann');
    // A cookie left behind under a longer path comes first at every request, after each new login too.
    expect(await nameOf(gone.token, ann.token)).toBe('Ann');
    expect(await nameOf('1', '2', '3', '4', ann.token)).toBeUndefined();
    store.calls = [];
    await nameOf(gone.token, gone.token, gone.token, gone.token, gone.token, gone.token);
    expect(store.operations).toEqual(['read', 'read', 'read', 'read']);
  });

  test('of another session manager with another name on the same store is not met', async () => {
    const first = create({ cookie: { name: 'first' }, secret: 'key' });
    const second = createSite(
      { cookie: { name: 'second' }, secret: 'key' },
      { isAsync, clock: first.clock, store: first.store },
    );
    const browser = first.browser();
    await browser.write({ name: 'Ann' });
    const other = new Browser(second.sessions);
    for (const [name, value] of browser.cookies) other.cookies.set(name, value);
    expect(await other.isKnown()).toBe(false);
    other.cookies.set('second', browser.token ?? '');
    expect(await other.isKnown()).toBe(false);
    await other.write({ name: 'Bob' });
    for (const [name, value] of other.cookies) browser.cookies.set(name, value);
    expect(await browser.read()).toEqual({ name: 'Ann' });
  });

  describe('is left alone', () => {
    test('when the session was ended meanwhile, whatever this response was about to send', async () => {
      const { sessions, clock, store } = create({ secret: 'old', cookie: { maxAge: '1h' } });
      const browser = new Browser(sessions);
      await browser.write({ name: 'Ann' });
      const later = createSite({ secret: ['new', 'old'], cookie: { maxAge: '1h' } }, { isAsync, clock, store });
      const visitor = new Browser(later.sessions);
      visitor.token = browser.token;
      for (const act of ['write', 'rotate and write'] as const) {
        const exchange = await visitor.copy().open();
        void exchange.session;
        if (act === 'rotate and write') {
          await exchange.session.rotate();
          await sessions.revoke(exchange.id);
        }
        exchange.session.name = 'Bob';
        if (act === 'write') await visitor.copy().visit((session) => session.login('ann'));
        expect(await exchange.commit()).toEqual({ vary: 'Cookie' });
        visitor.token = undefined;
        await visitor.write({ name: 'Ann' });
      }
    });

    test.each(['rotate', 'login'] as const)(
      'when a %s elsewhere has given the browser a newer one: a renewal would overwrite it',
      async (verb) => {
        const { clock, store, ...site } = create({ cookie: { maxAge: '1h' } });
        const browser = site.browser();
        await browser.visit((session) => session.login('ann'));
        const slow = await browser.copy().open();
        void slow.session;
        await browser.visit((session) => (verb === 'rotate' ? session.rotate() : session.login('ann')));
        clock.advance(10 * minute);
        store.calls = [];
        expect(await slow.commit()).toEqual({ vary: 'Cookie' });
        expect(store.operations).toContain('touch');
        expect(await browser.isKnown()).toBe(true);
      },
    );

    test.each(['save', 'touch', 'rotate'] as const)(
      'when somebody has logged in after a %s() of this request, and before its response',
      async (verb) => {
        const { clock, ...site } = create({ cookie: { maxAge: '1h' } });
        const browser = site.browser();
        await browser.write({ name: 'Ann' });
        clock.advance(5 * minute);
        const slow = await browser.copy().open();
        slow.session.name = 'Bob';
        await slow.session[verb]();
        await browser.visit((session) => session.login('ann'));
        expect((await slow.commit())?.setCookie).toBeUndefined();
        expect(await browser.isKnown()).toBe(true);
      },
    );

    test('except in a logout that comes while the store is asked', async () => {
      const { store, clock, ...site } = create({ cookie: { maxAge: '1h' } });
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      clock.advance(5 * minute);
      const exchange = await browser.open();
      void exchange.session;
      store.before = async ({ operation }) => {
        if (operation === 'read') await exchange.session.destroy();
      };
      expect((await exchange.commit())?.setCookie).toMatch(/^sid=; Max-Age=0/);
    });

    test('when this request has made a new token, and the browser has shown a newer one since', async () => {
      const browser = create().browser();
      await browser.write({ name: 'Ann' });
      const slow = await browser.open();
      await slow.session.rotate();
      await browser.visit((session) => session.rotate());
      await browser.visit();
      expect((await slow.commit())?.setCookie).toBeUndefined();
    });

    test('D4: when somebody logs in while this request extends a session whose rotation others have confirmed', async () => {
      const { clock, store, ...site } = create({ cookie: { maxAge: '1h' } });
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      await browser.visit((session) => session.rotate());
      const [first, second] = [await browser.copy().open(), await browser.copy().open()];
      void second.session;
      await first.commit();
      clock.advance(10 * minute);
      const { before } = store;
      store.before = async ({ operation }) => {
        if (operation !== 'touch') return;
        store.before = before;
        await browser.visit((session) => session.login('ann'));
      };
      expect(await second.commit()).toEqual({ vary: 'Cookie' });
      expect(store.operations).toContain('touch');
      expect(await browser.isKnown()).toBe(true);
    });

    test('D1: when it has begun the session itself, stored it and destroyed it', async () => {
      const head = await create()
        .browser()
        .visit(async (session) => {
          session.name = 'Ann';
          await session.save();
          await session.destroy();
        });
      expect(head?.setCookie).toMatch(/^sid=; Max-Age=0/);
    });

    test('D1: in a logout behind a touch that nobody awaits', async () => {
      const { clock, ...site } = create({ cookie: { maxAge: '1h' } });
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      clock.advance(10 * minute);
      const head = await browser.visit((session) => {
        void session.touch();
        void session.destroy();
      });
      expect(head?.setCookie).toMatch(/^sid=; Max-Age=0/);
    });

    test('except in a logout, which counts whatever has become of the session', async () => {
      const { sessions, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      const head = await browser.visit(async (session) => {
        await sessions.revoke(session.id);
        session.name = 'Bob';
        session.save().catch(() => {});
        void session.destroy();
      });
      expect(head?.setCookie).toMatch(/^sid=; Max-Age=0/);
    });
  });

  describe('over plain HTTP', () => {
    test("secure 'auto': the session works, and the cookie is not marked Secure", async () => {
      const browser = create().browser({ https: false });
      const head = await browser.write({ name: 'Ann' });
      expect(head?.setCookie).not.toContain('Secure');
      expect(await browser.read()).toEqual({ name: 'Ann' });
    });

    test('secure: no session is started, and an event says what to do', async () => {
      const { store, eventsOf, ...site } = create({ cookie: { secure: true } });
      const browser = site.browser({ https: false });
      expect(await browser.write({ name: 'Ann' })).toEqual({ vary: 'Cookie' });
      await browser.visit((session) => session.login('ann'));
      expect(store.calls).toEqual([]);
      expect(eventsOf('login')).toEqual([]);
      expect(eventsOf('insecure')).toHaveLength(2);
      expect(eventsOf('insecure')[0]).toEqual({
        problem: 'secure-cookie-over-http',
        remedy: expect.stringMatching(
          /Serve the app over HTTPS, or use cookie\.secure: 'auto'\. If a proxy .* ends TLS: Tell the framework to trust it/,
        ),
      });
    });

    test('secure: a session from before goes on, and an event tells of the cookie that is not sent', async () => {
      const { store, clock, sessions, eventsOf, ...site } = create({ cookie: { secure: true, maxAge: '1h' } });
      const safe = site.browser();
      await safe.write({ name: 'Ann' });
      const plain = new Browser(sessions, { https: false });
      plain.token = safe.token;
      clock.advance(10 * minute);
      expect(await plain.visit()).toEqual({ vary: 'Cookie' });
      expect(store.only.expiresAt).toBe(clock.now() + hour);
      expect(eventsOf('insecure')).toHaveLength(1);
    });

    test('a visitor who starts no session causes no such event', async () => {
      const { eventsOf, ...site } = create({ cookie: { secure: true } });
      await site.browser({ https: false }).visit();
      expect(eventsOf('insecure')).toEqual([]);
    });
  });

  test('the token of one cookie opens nothing as another, also where both share a store and no key', async () => {
    const { clock, store, ...visitors } = create({ cookie: { name: 'visitor' } });
    const admins = createSite({ cookie: { name: 'admin' } }, { clock, store, isAsync });
    const visitor = visitors.browser();
    await visitor.write({ userId: 7 });
    const intruder = admins.browser();
    intruder.token = visitor.token;
    expect((await intruder.open()).session.isNew).toBe(true);
    expect((await visitor.open()).session.userId).toBe(7);
  });

  test('whether the request came over HTTPS is asked only when a cookie is to be sent', async () => {
    const { sessions } = create();
    const request = {
      cookie: 'sid=nonsense',
      get https(): boolean {
        throw new Error('asked');
      },
    };
    const exchange = await sessions.open(request);
    void exchange.session.name;
    expect(await exchange.commit()).toEqual({ vary: 'Cookie' });
  });
});
