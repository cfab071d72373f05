import { createSessions, presets, requireFresh, type SessionOptions, type SessionRecord } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { Browser } from './support/browser.js';
import { MapStore } from './support/map-store.js';
import { expectNothingToOutlive } from './support/outlive.js';
import { createSite, modes } from './support/site.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const remember = { idleTimeout: '14d', absoluteTimeout: '90d' } as const;
const dayLong = { remember: { idleTimeout: '1d', absoluteTimeout: '3d' } } as const;

/** The seconds of a cookie's Max-Age; `undefined` for one that ends with the browser's window. */
function maxAgeOf(head: { readonly setCookie?: string } | undefined): number | undefined {
  const [, seconds] = /; Max-Age=(\d+);/.exec(head?.setCookie ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

describe.each(modes)('remember me: $mode', ({ isAsync }) => {
  /** A browser whose user has logged in and is remembered. */
  async function remembered(options: Parameters<typeof createSite>[0] = {}) {
    const site = createSite({ remember, ...options }, { isAsync });
    const browser = site.browser();
    const head = await browser.visit((session) => {
      session.name = 'Ann';
      return session.login('ann', { remember: true });
    });
    return { ...site, browser, head };
  }

  /** Another server of the same application, with other options. */
  function another(site: Awaited<ReturnType<typeof remembered>>, options: Parameters<typeof createSite>[0]) {
    const other = createSite(options, { isAsync, clock: site.clock, store: site.store });
    const browser = new Browser(other.sessions);
    browser.token = site.browser.token;
    return { ...other, browser };
  }

  describe('a remembered session', () => {
    test('E1: is open one millisecond before its own idle timeout, not at it', async () => {
      const { clock, browser } = await remembered();
      clock.advance(14 * day - 1);
      expect(await browser.copy().isKnown()).toBe(true);
      clock.advance(1);
      expect(await browser.isKnown()).toBe(false);
    });

    test('E2: a request within its idleTimeout − touchEvery of the last always finds it', async () => {
      const { clock, browser, sessions } = await remembered({ remember: { ...remember, touchEvery: '1h' } });
      for (const wait of [14 * day - hour, hour - 1, 14 * day - hour, 1, 2 * hour]) {
        clock.advance(wait);
        expect(await browser.read()).toEqual({ name: 'Ann' });
      }
      expect(sessions.rememberedExpiry?.touchEvery).toBe(hour);
    });

    test('E3, ASVS 7.3.2: no sequence of calls outlives its own absolute timeout', async () => {
      const site = await remembered();
      await expectNothingToOutlive(site.clock.now() + 90 * day, 10 * day, site);
    });

    test('E5: has a persistent cookie, exactly as long as the record, at the login and at each touch', async () => {
      const { clock, browser, head } = await remembered();
      expect(maxAgeOf(head)).toBe((14 * day) / 1000);
      clock.advance(minute - 1);
      expect(await browser.visit()).toEqual({ vary: 'Cookie' });
      clock.advance(1);
      expect(maxAgeOf(await browser.visit())).toBe((14 * day) / 1000);
      clock.advance(minute);
      expect(maxAgeOf(await browser.write({ name: 'Bea' }))).toBe((14 * day) / 1000);
      expect(maxAgeOf(await browser.visit((session) => session.rotate()))).toBe((14 * day) / 1000);
    });

    test('says when it ends, and that it is remembered', async () => {
      const { clock, browser, store } = await remembered();
      clock.advance(day);
      await browser.visit(async (session) => {
        expect([session.isRemembered, session.expiresAt]).toEqual([true, clock.now() + 14 * day]);
        await session.rotate();
        expect([session.isRemembered, session.expiresAt]).toEqual([true, clock.now() + 14 * day]);
        await session.reload();
        expect([session.isRemembered, session.expiresAt]).toEqual([true, clock.now() + 14 * day]);
      });
      expect(store.only.expiresAt).toBe(clock.now() + 14 * day);
    });

    test('is listed and found with its own times', async () => {
      const { clock, browser, sessions } = await remembered();
      clock.advance(day);
      await browser.visit();
      const seenAt = clock.now();
      clock.advance(3 * day);
      const summary = {
        expiresAt: seenAt + 14 * day,
        lastSeenAt: seenAt,
        authenticatedAt: seenAt - day,
        isRemembered: true,
      };
      expect(await sessions.list('ann')).toMatchObject([summary]);
      expect(await sessions.find((await sessions.list('ann'))[0]?.id ?? '')).toMatchObject(summary);
    });

    test('ASVS 7.5.1: is not fresh after a while, and a login that keeps it remembered makes it so', async () => {
      const { clock, browser } = await remembered();
      clock.advance(3 * day);
      const head = await browser.visit(async (session) => {
        const pay = () => requireFresh(session, '5m', { now: clock.now() });
        expect(pay).toThrow(expect.objectContaining({ code: 'ERR_SESS_STALE' }));
        await session.login('ann', { remember: session.isRemembered });
        expect(pay).not.toThrow();
        expect(session.isRemembered).toBe(true);
      });
      expect(maxAgeOf(head)).toBe((14 * day) / 1000);
    });

    test('of a visitor who had a session already: the same one, with a longer life', async () => {
      const site = createSite({ remember }, { isAsync });
      const browser = site.browser();
      await browser.write({ cart: [1] });
      const { id } = site.store.only;
      await browser.visit((session) => session.login('ann', { remember: true }));
      expect(site.store.only).toMatchObject({ id, expiresAt: site.clock.now() + 14 * day });
      expect(await browser.read()).toEqual({ cart: [1] });
    });
  });

  describe('a login decides anew', () => {
    test('E1: one without remember goes on in an ordinary session, for no store shortens a life', async () => {
      const { clock, store, browser } = await remembered();
      clock.advance(minute);
      const head = await browser.visit(async (session) => {
        await session.login('ann');
        expect([session.isRemembered, session.expiresAt]).toEqual([false, clock.now() + hour]);
      });
      expect(head?.setCookie).toBeDefined();
      expect(maxAgeOf(head)).toBeUndefined();
      expect(store.only.expiresAt).toBe(clock.now() + hour);
      clock.advance(hour - 1);
      expect(await browser.copy().isKnown()).toBe(true);
      clock.advance(1);
      expect(await browser.isKnown()).toBe(false);
    });

    test('E3: it has the ordinary absolute timeout, from that login on', async () => {
      const { clock, browser } = await remembered();
      await browser.visit((session) => session.login('ann'));
      for (let minutes = 0; minutes < 24 * 60 - 30; minutes += 30) {
        clock.advance(30 * minute);
        expect(await browser.isKnown()).toBe(true);
        await browser.visit();
      }
      clock.advance(30 * minute - 1);
      expect(await browser.copy().isKnown()).toBe(true);
      clock.advance(1);
      expect(await browser.isKnown()).toBe(false);
    });

    test('E2: activity extends it as it does any other, by reading, writing and touching', async () => {
      const { clock, browser, sessions, eventsOf } = await remembered();
      await browser.visit((session) => session.login('ann'));
      const acts = [
        () => browser.visit(),
        () => browser.write({ name: 'Bea' }),
        () => browser.visit((session) => session.touch()),
      ];
      for (const act of [...acts, ...acts]) {
        clock.advance(59 * minute);
        await act();
        expect(await sessions.list('ann')).toMatchObject([{ expiresAt: clock.now() + hour, lastSeenAt: clock.now() }]);
      }
      expect(await browser.read()).toEqual({ name: 'Bea' });
      expect(eventsOf('touched').map(({ expiresAt }) => expiresAt - clock.now())).toContain(hour);
    });

    test('what is read within touchEvery writes nothing, as in any other', async () => {
      const { clock, store, browser } = await remembered();
      await browser.visit((session) => session.login('ann'));
      store.calls = [];
      clock.advance(minute - 1);
      expect(await browser.visit()).toEqual({ vary: 'Cookie' });
      expect(store.writes).toEqual([]);
      clock.advance(1);
      await browser.visit();
      expect(store.writes).toHaveLength(1);
    });

    test('E2, L1: extending it does not undo what others write, nor the other way round', async () => {
      const { clock, browser } = await remembered();
      await browser.visit((session) => session.login('ann'));
      clock.advance(30 * minute);
      const [reader, toucher] = [await browser.open(), await browser.open()];
      await browser.write({ cart: [1] });
      await toucher.session.touch();
      await reader.commit();
      await toucher.commit();
      expect(await browser.read()).toEqual({ name: 'Ann', cart: [1] });
      clock.advance(hour - 1);
      expect(await browser.isKnown()).toBe(true);
    });

    test('E1: a request of before, still under way, does not bring the long life back', async () => {
      for (const act of ['read', 'touch'] as const) {
        const { clock, store, browser } = await remembered();
        clock.advance(minute);
        const before = await browser.open();
        await browser.visit((session) => session.login('ann'));
        if (act === 'touch') await expect(before.session.touch()).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
        expect((await before.commit())?.setCookie).toBeUndefined();
        expect(store.only.expiresAt).toBe(clock.now() + hour);
        clock.advance(hour);
        expect(await browser.isKnown()).toBe(false);
      }
    });

    test('it goes on with all data, under a new id, and leaves nothing of the old record', async () => {
      const { store, browser, eventsOf } = await remembered();
      const { id } = store.only;
      await browser.visit(async (session) => {
        session.cart = [1];
        await session.login('ann');
        expect([session.id, session.isNew, session.cart]).toEqual([store.only.id, true, [1]]);
      });
      expect(store.only).toMatchObject({ subject: 'ann' });
      expect(store.only.id).not.toBe(id);
      expect(store.records.size).toBe(1);
      expect(eventsOf('destroyed')).toEqual([{ id, by: 'login' }]);
      expect(await browser.read()).toEqual({ name: 'Ann', cart: [1] });
    });

    test('L1: and with what others have written until then, whether or not it has written itself', async () => {
      for (const cart of [undefined, [1]]) {
        const { store, browser, eventsOf } = await remembered();
        const login = await browser.open();
        await browser.write({ color: 'red' });
        // Somebody else comes first once more, after the new record has been stored.
        store.before = async ({ operation }) => {
          if (operation !== 'update') return;
          store.before = () => {};
          await browser.write({ size: 'M' });
        };
        if (cart !== undefined) login.session.cart = cart;
        await login.session.login('ann');
        await browser.finish(login);
        const mine = cart === undefined ? {} : { cart };
        expect(await browser.read()).toEqual({ name: 'Ann', color: 'red', size: 'M', ...mine });
        await browser.write({ name: 'Bea' });
        expect(await browser.read()).toEqual({ name: 'Bea', color: 'red', size: 'M', ...mine });
        expect(eventsOf('conflict')).toEqual([]);
      }
    });

    test('D2: one that was destroyed meanwhile does not come back under the new id', async () => {
      const { store, browser } = await remembered();
      const login = await browser.open();
      await browser.copy().visit((session) => session.destroy());
      await expect(Promise.resolve(login.session.login('ann'))).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
      expect((await login.commit())?.setCookie).toBeUndefined();
      expect(store.records.size).toBe(0);
    });

    test.each(['create', 'update'] as const)('a store whose %s fails leaves the session as it was', async (failing) => {
      const { store, browser } = await remembered();
      const before = store.only;
      const login = await browser.open();
      login.session.cart = [1];
      store.before = ({ operation }) => {
        if (operation === failing) throw new Error('down');
      };
      await expect(Promise.resolve(login.session.login('ann'))).rejects.toMatchObject({ code: 'ERR_SESS_STORE' });
      store.before = () => {};
      expect(store.only).toEqual(before);
      expect(await browser.read()).toEqual({ name: 'Ann' });
    });

    test('so does one that fails when what others have written is to go along', async () => {
      const { store, browser } = await remembered();
      const { id } = store.only;
      const login = await browser.open();
      await browser.write({ color: 'red' });
      store.before = ({ operation, arguments: [record] }) => {
        if (operation === 'update' && (record as SessionRecord).id !== id) throw new Error('down');
      };
      await expect(Promise.resolve(login.session.login('ann'))).rejects.toMatchObject({ code: 'ERR_SESS_STORE' });
      store.before = () => {};
      expect(store.only.id).toBe(id);
      expect(await browser.read()).toEqual({ name: 'Ann', color: 'red' });
    });

    test('neither of the two counts for the other where a subject may have one session', async () => {
      for (const onLimit of ['deny', 'evict'] as const) {
        const { browser, sessions } = await remembered({ maxPerSubject: { max: 1, onLimit } });
        await browser.visit((session) => session.login('ann'));
        expect(await sessions.list('ann')).toHaveLength(1);
        expect(await browser.isKnown()).toBe(true);
      }
    });

    test('E4: once it has expired nothing extends or revives it, whatever is under way', async () => {
      for (const act of ['write', 'touch', 'rotate', 'login', 'reload', 'nothing'] as const) {
        const { clock, browser, store, eventsOf } = await remembered();
        await browser.visit((session) => session.login('ann'));
        const exchange = await browser.open();
        const { session } = exchange;
        clock.advance(hour);
        store.calls = [];
        const verb = { touch: 'touch', rotate: 'rotate', reload: 'reload' } as const;
        if (act === 'write') session.late = 1;
        else if (act === 'login')
          await expect(session.login('ann', { remember: true })).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
        else if (act !== 'nothing')
          await expect(session[verb[act]]()).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
        await exchange.commit();
        expect(store.writes).toEqual([]);
        expect(eventsOf('refused')).toMatchObject([{ reason: act === 'reload' ? 'gone' : 'expired', at: 'commit' }]);
        clock.advance(-hour);
        expect(await browser.isKnown()).toBe(false);
      }
    });

    test('E4: a write that takes longer than it had left does not extend it', async () => {
      const { clock, store, browser } = await remembered();
      await browser.visit((session) => session.login('ann'));
      clock.advance(30 * minute);
      const copy = browser.copy();
      store.before = async ({ operation }) => {
        if (operation !== 'update') return;
        clock.advance(30 * minute);
        expect(await copy.isKnown()).toBe(false);
      };
      await browser.write({ name: 'Bea' });
      expect(await browser.isKnown()).toBe(false);
    });

    test('E5: where every cookie is persistent, its cookie follows the ordinary life', async () => {
      const { clock, browser } = await remembered({ cookie: { persistent: true } });
      expect(maxAgeOf(await browser.visit((session) => session.login('ann')))).toBe(3600);
      clock.advance(30 * minute);
      expect(maxAgeOf(await browser.visit())).toBe(3600);
      clock.advance(10_000);
      expect(maxAgeOf(await browser.write({ name: 'Bea' }))).toBeUndefined();
      expect(maxAgeOf(await browser.visit((session) => session.touch()))).toBe(3600);
      expect(maxAgeOf(await browser.visit((session) => session.rotate()))).toBe(3600);
    });

    test('one with remember makes it a remembered one again', async () => {
      const { clock, browser } = await remembered();
      await browser.visit((session) => session.login('ann', { remember: false }));
      const head = await browser.visit((session) => session.login('ann', { remember: true }));
      expect(maxAgeOf(head)).toBe((14 * day) / 1000);
      clock.advance(14 * day - 1);
      expect(await browser.isKnown()).toBe(true);
    });

    test('of another subject: the session that begins is what this login says', async () => {
      for (const isRemembered of [true, false]) {
        const { clock, store, browser } = await remembered();
        const head = await browser.visit((session) => session.login('bob', { remember: isRemembered }));
        expect(store.only.expiresAt).toBe(clock.now() + (isRemembered ? 14 * day : hour));
        expect(maxAgeOf(head)).toBe(isRemembered ? (14 * day) / 1000 : undefined);
        expect(await browser.read()).toEqual({});
      }
    });

    test('L1: what this request has stored before goes along when somebody else logs in after that', async () => {
      const { browser } = await remembered();
      await browser.visit(async (session) => {
        session.mine = 1;
        await session.login('ann');
        await session.login('bob');
      });
      expect(await browser.read()).toEqual({ mine: 1 });
    });

    test.each(['login', 'regenerate'] as const)(
      'L1: what others write after a %s has gone on in a new record is refused, and not written to what is left of the old one',
      async (verb) => {
        const { store, browser } = await remembered();
        const slow = await browser.open();
        slow.session.late = 1;
        let saving: Promise<unknown> | undefined;
        store.before = async ({ operation }) => {
          if (operation !== 'destroy') return;
          store.before = isAsync ? () => Promise.resolve() : () => {};
          saving = slow.session.save().catch((error: unknown) => error);
          await saving;
        };
        await browser.visit((session) =>
          verb === 'login' ? session.login('ann') : session.regenerate({ keep: ['name'] }),
        );
        expect(await saving).toMatchObject({ code: 'ERR_SESS_ENDED' });
        expect(await browser.read()).toEqual({ name: 'Ann' });
      },
    );

    test('regenerate begins an ordinary session, with or without data to keep', async () => {
      for (const keep of [[], ['name']]) {
        const { clock, store, browser } = await remembered();
        const head = await browser.visit(async (session) => {
          await session.regenerate({ keep });
          expect(session.isRemembered).toBe(false);
        });
        expect(store.only.expiresAt).toBe(clock.now() + hour);
        expect(head?.setCookie).toBeDefined();
        expect(maxAgeOf(head)).toBeUndefined();
      }
    });

    test('D1: an ordinary one of before is destroyed like any other', async () => {
      const { store, browser } = await remembered();
      await browser.visit((session) => session.login('ann'));
      const copy = browser.copy();
      await browser.visit((session) => session.destroy());
      expect(store.records.size).toBe(0);
      expect(await copy.isKnown()).toBe(false);
    });

    test('one that has ended counts neither in the list nor for maxPerSubject', async () => {
      const { clock, browser, sessions } = await remembered({ maxPerSubject: { max: 1, onLimit: 'deny' } });
      await browser.visit((session) => session.login('ann'));
      clock.advance(hour);
      expect(await sessions.list('ann')).toEqual([]);
      const other = new Browser(sessions);
      await other.visit((session) => session.login('ann'));
      expect(await other.isKnown()).toBe(true);
    });
  });

  describe('a server that remembers nobody', () => {
    test('lets a remembered session live by the ordinary limits, and never extends it beyond', async () => {
      const before = await remembered(dayLong);
      const { clock, browser, store } = another(before, {});
      clock.advance(5 * hour);
      const head = await browser.visit((session) => {
        expect([session.isRemembered, session.name]).toEqual([false, 'Ann']);
      });
      // What the store was told stands; the next login decides.
      expect(head).toEqual({ vary: 'Cookie' });
      expect(store.only.expiresAt).toBe(clock.now() + 19 * hour);
      clock.advance(19 * hour - 1);
      expect(await browser.copy().isKnown()).toBe(true);
      await browser.visit((session) => session.touch());
      clock.advance(1);
      expect(await browser.isKnown()).toBe(false);
    });

    test('ends it at the ordinary absolute timeout, although its record goes on', async () => {
      const before = await remembered();
      const { clock, browser, store } = another(before, {});
      const { id } = store.only;
      clock.advance(day - 1);
      await browser.visit((session) => expect(session.expiresAt).toBe(clock.now() + 1));
      clock.advance(1);
      expect(await browser.isKnown()).toBe(false);
      expect(store.records.get(id)?.expiresAt).toBeGreaterThan(clock.now());
    });

    test('keeps the note: a server that has the option finds the session remembered, whatever the other wrote', async () => {
      const before = await remembered();
      const { clock, browser } = another(before, {});
      clock.advance(2 * hour);
      await browser.write({ name: 'Bea' });
      await browser.visit((session) => session.rotate());
      const after = another({ ...before, browser }, { remember });
      await after.browser.visit((session) => {
        expect([session.isRemembered, session.name]).toEqual([true, 'Bea']);
        expect(session.expiresAt).toBe(clock.now() + 14 * day);
      });
    });

    test('does not take the long life for a visit of just now', async () => {
      const before = await remembered();
      const seenAt = before.clock.now();
      const { clock, sessions } = another(before, {});
      clock.advance(3 * hour);
      expect(await sessions.list('ann')).toMatchObject([{ lastSeenAt: seenAt, expiresAt: seenAt + day }]);
    });

    test('E1: a login there makes it ordinary for good', async () => {
      const before = await remembered();
      const { clock, browser } = another(before, {});
      await browser.visit((session) => session.login('ann'));
      const after = another({ ...before, browser }, { remember });
      clock.advance(hour - 1);
      expect(await after.browser.copy().isKnown()).toBe(true);
      clock.advance(1);
      expect(await after.browser.isKnown()).toBe(false);
    });
  });

  test('a remembered policy made stricter counts at once for sessions made before', async () => {
    const before = await remembered();
    const { clock, browser } = another(before, { remember: { ...remember, absoluteTimeout: '30d' } });
    for (let days = 0; days < 30; days += 10) {
      expect(await browser.isKnown()).toBe(true);
      await browser.visit();
      clock.advance(10 * day);
    }
    expect(await browser.isKnown()).toBe(false);
  });

  test.each<[string, Parameters<typeof createSite>[0], unknown, RegExp]>([
    ['without the option', {}, { remember: true }, /no option remember.*Give one, such as remember: \{ idleTimeout/],
    ['misspelt', { remember }, { remeber: true }, /^login has no option remeber; there is remember\.$/],
    ['a form’s text', { remember }, { remember: 'off' }, /^login: remember is of type string; .* form\.remember ===/],
    ['null', { remember }, { remember: null }, /^login: remember is of type null;/],
    ['no options', { remember }, true, /^login takes options such as \{ remember: true \}, and was given a boolean/],
  ])('a login that cannot be meant, %s, fails before anything is stored', async (_, options, given, message) => {
    const site = createSite(options, { isAsync });
    const browser = site.browser();
    await browser.write({ cart: [1] });
    const before = site.store.only;
    site.store.calls = [];
    await browser.visit(async (session) => {
      const login = session.login('ann', given as { remember: boolean });
      await expect(login).rejects.toMatchObject({ code: 'ERR_SESS_CONFIG', message: expect.stringMatching(message) });
      expect([session.subject, session.isDestroyed]).toEqual([undefined, false]);
    });
    expect([site.store.writes, site.store.only]).toEqual([[], before]);
  });

  test.each([undefined, null, {}, { remember: undefined }, { remember: false }])(
    'a login with %o remembers nobody, option or not',
    async (options) => {
      for (const given of [{}, { remember }]) {
        const site = createSite(given, { isAsync });
        await site.browser().visit((session) => session.login('ann', options as { remember: boolean }));
        expect(site.store.only.expiresAt).toBe(site.clock.now() + hour);
        expect(site.store.only.body).not.toContain('remember');
      }
    },
  );
});

describe('ASVS 7.1.1: the limits of remembered sessions can be read', () => {
  const construct = (options: object) =>
    createSessions({ store: new MapStore(createSite().clock), ...options } as SessionOptions);

  test('none where nobody is remembered', () => {
    expect(construct({}).rememberedExpiry).toBeUndefined();
  });

  test.each([
    ['nothing but the option', {}, 14 * day, 90 * day, minute],
    ['an idle timeout', { idleTimeout: '30d' }, 30 * day, 90 * day, minute],
    ['one beyond the absolute default', { idleTimeout: '180d' }, 180 * day, 180 * day, minute],
    ['no idle timeout', { idleTimeout: false }, Infinity, 90 * day, minute],
    ['neither', { idleTimeout: false, absoluteTimeout: false }, Infinity, Infinity, minute],
    ['an absolute timeout', { absoluteTimeout: '30d' }, 14 * day, 30 * day, minute],
    ['NIST 800-63B AAL1', presets.AAL1, Infinity, 30 * day, minute],
    ['seldom touched', { touchEvery: '1h' }, 14 * day, 90 * day, hour],
    ['of minutes', { idleTimeout: '5m' }, 5 * minute, 90 * day, minute / 2],
  ])('%s', (_, given, idleTimeout, absoluteTimeout, touchEvery) => {
    // The ordinary limits, `cookie.maxAge` included, have nothing to say.
    const { rememberedExpiry } = construct({ remember: given, cookie: { maxAge: '2h' }, absoluteTimeout: '4h' });
    expect(rememberedExpiry).toEqual({ idleTimeout, absoluteTimeout, touchEvery });
    expect(Object.isFrozen(rememberedExpiry)).toBe(true);
  });

  test.each<[unknown, RegExp]>([
    [null, /^remember is null; it takes an object, such as/],
    [true, /^remember is true; it takes an object/],
    ['14d', /^remember is "14d"; it takes an object/],
    [{ maxAge: '14d' }, /no option remember\.maxAge\. There are: remember\.idleTimeout, remember\.absoluteTimeout,/],
    [{ idleTimeout: 0 }, /^remember\.idleTimeout is 0; it must be longer than 0 ms/],
    [{ absoluteTimeout: 'long' }, /^remember\.absoluteTimeout is "long"; it takes milliseconds/],
    [{ touchEvery: -1 }, /^remember\.touchEvery is -1;/],
    [
      { idleTimeout: '1h', touchEvery: '1h' },
      /^remember\.touchEvery \(3600000 ms\) is not shorter than remember\.idle/,
    ],
  ])('%o is refused', (given, message) => {
    expect(() => construct({ remember: given })).toThrow(
      expect.objectContaining({ code: 'ERR_SESS_CONFIG', message: expect.stringMatching(message) }),
    );
  });
});
