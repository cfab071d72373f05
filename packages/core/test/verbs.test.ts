import type { SessionEvents } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { amendBody } from './support/amend-body.js';
import { createSite, modes } from './support/site.js';

const minute = 60_000;

describe.each(modes)('the verbs: $mode', ({ isAsync }) => {
  const create = (options: Parameters<typeof createSite>[0] = {}) => createSite(options, { isAsync });

  describe('save', () => {
    test('stores now, and the commit has nothing left to do', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      await browser.visit(async (session) => {
        session.name = 'Ann';
        await session.save();
        expect(store.operations).toEqual(['create']);
        expect(session.isNew).toBe(true);
      });
      expect(store.operations).toEqual(['create']);
      expect(browser.token).toBeDefined();
    });

    test('stores a new session that nothing was written to', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      await browser.visit((session) => session.save());
      expect(store.only.version).toBe(1);
      expect(await browser.isKnown()).toBe(true);
    });

    test('shows the handler what others have changed meanwhile', async () => {
      const site = create();
      const browser = site.browser();
      await browser.write({ gone: 1, kept: 1 });
      await browser.visit(async (session) => {
        await browser.copy().visit((other) => {
          other.theirs = 1;
          delete other.gone;
        });
        session.mine = 1;
        await session.save();
        expect({ ...session }).toEqual({ kept: 1, theirs: 1, mine: 1 });
      });
      expect(site.store.only.version).toBe(3);
    });

    test('fails when the data may not be stored, and leaves the record as it was', async () => {
      const site = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      await browser.visit(async (session) => {
        session.map = new Map();
        await expect(session.save()).rejects.toMatchObject({ code: 'ERR_SESS_DATA' });
        delete session.map;
      });
      expect(site.store.only.version).toBe(1);
    });

    test('fails once the session has been ended by somebody else', async () => {
      const site = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      await browser.visit(async (session) => {
        await site.sessions.revoke(session.id);
        session.name = 'Bob';
        await expect(session.save()).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
        expect(session.isDestroyed).toBe(true);
        await expect(session.save()).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
      });
      expect(site.store.records.size).toBe(0);
    });
  });

  describe('reload', () => {
    test('takes the data from the store anew; changes that were not saved are dropped', async () => {
      const site = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      await browser.visit(async (session) => {
        await browser.copy().write({ name: 'Bob', theirs: 1 });
        session.mine = 1;
        await session.reload();
        expect({ ...session }).toEqual({ name: 'Bob', theirs: 1 });
        session.after = 1;
      });
      expect(await browser.read()).toEqual({ name: 'Bob', theirs: 1, after: 1 });
      expect(site.eventsOf('conflict')).toEqual([]);
    });

    test('a session that is not stored begins anew, under the id it has', async () => {
      const site = create({ initial: { cart: 'empty' } });
      await site.browser().visit(async (session) => {
        const { id } = session;
        session.cart = 'full';
        await session.reload();
        expect({ ...session }).toEqual({ cart: 'empty' });
        expect(session.id).toBe(id);
      });
      expect(site.store.calls).toEqual([]);
    });

    test.each<[string, (site: ReturnType<typeof create>, id: string) => unknown]>([
      ['gone', ({ sessions }, id) => sessions.revoke(id)],
      ['corrupt', ({ store }, id) => store.records.set(id, { ...store.only, body: 'x' })],
      [
        'superseded',
        async ({ store }, id) => store.records.set(id, { ...store.only, body: raiseGeneration(store.only.body) }),
      ],
      ['expired', ({ clock }) => clock.advance(24 * 60 * minute)],
    ])('fails when the session is %s', async (_, end) => {
      const site = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      await browser.visit(async (session) => {
        await end(site, session.id);
        await expect(session.reload()).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
        expect({ ...session }).toEqual({});
      });
    });
  });

  describe('touch', () => {
    test('extends now, whether or not it is due', async () => {
      const { store, clock, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      clock.advance(1);
      await browser.visit(async (session) => {
        await session.touch();
        expect(store.only.expiresAt).toBe(clock.now() + 60 * minute);
        expect(session.expiresAt).toBe(store.only.expiresAt);
      });
      expect(store.only.version).toBe(1);
    });

    test('S3: does not store a new session', async () => {
      const { store, ...site } = create();
      await site.browser().visit((session) => session.touch());
      expect(store.calls).toEqual([]);
    });

    test('E3: never extends beyond the absolute timeout', async () => {
      const { store, clock, ...site } = create({ idleTimeout: '1h', absoluteTimeout: '90m' });
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      const end = clock.now() + 90 * minute;
      for (let i = 0; i < 3; i++) {
        clock.advance(29 * minute);
        await browser.visit((session) => session.touch());
      }
      expect(store.only.expiresAt).toBe(end);
      clock.advance(3 * minute);
      expect(await browser.isKnown()).toBe(false);
    });
  });

  describe('replace', () => {
    test('replaces all data at once, and is stored like any change', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      await browser.write({ step: 'name', name: 'Ann' });
      await browser.visit((session) => {
        session.replace({ step: 'done' });
        expect({ ...session }).toEqual({ step: 'done' });
      });
      expect(await browser.read()).toEqual({ step: 'done' });
      expect(store.only.version).toBe(2);
    });

    test('refuses reserved names and changes nothing then', async () => {
      await create()
        .browser()
        .visit((session) => {
          session.name = 'Ann';
          expect(() => session.replace({ save: 1 })).toThrow('session.save is reserved');
          expect({ ...session }).toEqual({ name: 'Ann' });
        });
    });

    test('throws once the session has ended', async () => {
      await create()
        .browser()
        .visit((session) => {
          void session.destroy();
          expect(() => session.replace({ name: 'Ann' })).toThrow(expect.objectContaining({ code: 'ERR_SESS_ENDED' }));
        });
    });
  });

  describe('regenerate', () => {
    test('D4: the old session is gone, the new one empty but for initial data, under a new id', async () => {
      const { store, ...site } = create({ initial: { cart: [] } });
      const browser = site.browser();
      await browser.write({ cart: [1], name: 'Ann' });
      const thief = browser.copy();
      await browser.visit(async (session) => {
        const { id } = session;
        await session.regenerate();
        expect({ ...session }).toEqual({ cart: [] });
        expect(session.id).not.toBe(id);
        expect([session.isNew, session.isDestroyed, session.subject]).toEqual([true, false, undefined]);
      });
      expect(await thief.isKnown()).toBe(false);
      expect(await browser.read()).toEqual({ cart: [] });
      expect(store.records.size).toBe(1);
    });

    test('takes the fields named `keep` along, as they are now', async () => {
      const { store, eventsOf, ...site } = create();
      const browser = site.browser();
      await browser.write({ cart: [1], name: 'Ann', other: 1 });
      const old = store.only.id;
      await browser.visit(async (session) => {
        session.name = 'Bob';
        await session.regenerate({ keep: ['name', 'cart', 'absent'] });
        expect({ ...session }).toEqual({ cart: [1], name: 'Bob' });
      });
      expect(await browser.read()).toEqual({ cart: [1], name: 'Bob' });
      expect(eventsOf('destroyed')).toEqual([{ id: old, by: 'regenerate' }]);
    });

    test('of a session that is not stored, stores one', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      await browser.visit(async (session) => {
        session.old = 1;
        await session.regenerate();
        session.name = 'Ann';
      });
      expect(store.operations).toEqual(['create']);
      expect(await browser.read()).toEqual({ name: 'Ann' });
    });

    test('D2: with keep, what has been destroyed meanwhile does not come back under a new id', async () => {
      const { store, sessions, eventsOf, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      await browser.visit(async (session) => {
        await sessions.revoke(session.id);
        await expect(session.regenerate({ keep: ['name'] })).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
      });
      expect(store.records.size).toBe(0);
      expect(eventsOf('refused')).toMatchObject([{ reason: 'gone', at: 'commit' }]);
    });

    test('what a request in flight writes to the old session is refused', async () => {
      const { store, eventsOf, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      const slow = await browser.open();
      slow.session.late = 1;
      await browser.visit((session) => session.regenerate({ keep: ['name'] }));
      await slow.commit();
      expect(await browser.read()).toEqual({ name: 'Ann' });
      expect(store.records.size).toBe(1);
      expect(eventsOf('refused')).toMatchObject([{ reason: 'gone', at: 'commit' }]);
    });
  });

  describe('destroy', () => {
    test('D1: no token of the session opens it again', async () => {
      const { sessions, store, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      const copy = browser.copy();
      await browser.visit(async (session) => {
        await session.destroy();
        expect(store.records.size).toBe(0);
        expect(session.isDestroyed).toBe(true);
        expect({ ...session }).toEqual({});
      });
      expect(await copy.isKnown()).toBe(false);
      expect(browser.token).toBeUndefined();
      expect(sessions.hasListeners('destroyed')).toBe(true);
    });

    test('without await, as tutorials write it, is done before the response leaves', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      await browser.visit((session) => void session.destroy());
      expect(store.records.size).toBe(0);
    });

    test('D3: twice is as good as once', async () => {
      const { eventsOf, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      await browser.visit(async (session) => {
        await Promise.all([session.destroy(), session.destroy()]);
        await session.destroy();
      });
      expect(eventsOf('destroyed')).toHaveLength(1);
    });

    test('D3: works on a session that expires meanwhile', async () => {
      const { clock, store, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      await browser.visit((session) => {
        clock.advance(24 * 60 * minute);
        return session.destroy();
      });
      expect(store.operations.at(-1)).toBe('destroy');
      expect(browser.token).toBeUndefined();
    });

    test('S3: of a session that was never stored asks nothing of the store', async () => {
      const { store, ...site } = create();
      const head = await site.browser().visit((session) => {
        session.name = 'Ann';
        return session.destroy();
      });
      expect(store.calls).toEqual([]);
      expect(head).toEqual({ vary: 'Cookie' });
    });

    test('removes a cookie that opened nothing', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      browser.token = 'left-over';
      const head = await browser.visit((session) => session.destroy());
      expect(head?.setCookie).toMatch(/^sid=; Max-Age=0/);
      expect(store.writes).toEqual([]);
    });

    test('after it, every verb but destroy fails, and says so', async () => {
      const browser = create().browser();
      await browser.write({ name: 'Ann' });
      await browser.visit(async (session) => {
        await session.destroy();
        for (const verb of ['save', 'reload', 'touch', 'rotate', 'regenerate'] as const) {
          await expect(session[verb]()).rejects.toMatchObject({
            code: 'ERR_SESS_ENDED',
            message: expect.stringContaining(`session.${verb}() was not carried out: the session has ended`),
          });
        }
        await expect(session.login('ann')).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
        expect(() => {
          session.name = 'Bob';
        }).toThrow('session.name cannot be set: the session has ended');
      });
    });

    test('reports a failure of the store that nobody awaits, and tries again at the commit if the verb’s was caught', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      store.before = ({ operation }) => {
        if (operation === 'destroy') throw new Error('down');
      };
      await expect(browser.copy().visit((session) => void session.destroy())).rejects.toMatchObject({
        code: 'ERR_SESS_STORE',
      });
      const head = await browser.visit(async (session) => {
        await expect(session.destroy()).rejects.toMatchObject({ code: 'ERR_SESS_STORE' });
        store.before = () => {};
      });
      expect(store.records.size).toBe(0);
      expect(head?.setCookie).toMatch(/^sid=; Max-Age=0/);
    });
  });

  describe('clearSiteData', () => {
    test('goes with a logout, and with nothing else', async () => {
      const browser = create({ clearSiteData: ['cache', 'storage'] }).browser();
      expect((await browser.write({ name: 'Ann' }))?.clearSiteData).toBeUndefined();
      expect((await browser.visit((session) => session.rotate()))?.clearSiteData).toBeUndefined();
      expect((await browser.visit((session) => session.destroy()))?.clearSiteData).toBe('"cache", "storage"');
    });
  });

  test('a session that regenerate has begun shows the time at which the request was opened', async () => {
    const { clock, ...site } = create();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    clock.advance(60_000);
    const openedAt = clock.now();
    await browser.visit(async (session) => {
      await session.regenerate();
      expect(session.createdAt).toBe(openedAt);
    });
  });

  describe('detachSession', () => {
    test('leaves the object as a read-only picture; another takes its place and goes on', async () => {
      const browser = create().browser();
      await browser.write({ name: 'Ann' });
      await browser.visit((old, exchange) => {
        old.cart = [1];
        exchange.detachSession();
        expect(exchange.session).not.toBe(old);
        expect({ ...exchange.session }).toEqual({ name: 'Ann', cart: [1] });
        exchange.session.name = 'Bob';
        expect(old.name).toBe('Ann');
        expect(() => {
          old.name = 'Carl';
        }).toThrow('shows the session as it was');
      });
      expect(await browser.read()).toEqual({ name: 'Bob', cart: [1] });
    });

    test('leaves the object of an ended session where it is: another would take what is written to it, and lose it', async () => {
      const browser = create().browser();
      await browser.write({ name: 'Ann' });
      await browser.visit(async (session, exchange) => {
        await session.destroy();
        exchange.detachSession();
        expect(exchange.session).toBe(session);
        expect(() => {
          exchange.session.name = 'Bob';
        }).toThrow('the session has ended');
      });
    });

    test('leaves it where it is when the store cannot be read, and every verb is refused', async () => {
      const site = create({ onStoreError: 'anonymous' });
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      site.store.read = () => {
        throw new Error('down');
      };
      const exchange = await browser.open();
      const { session } = exchange;
      exchange.detachSession();
      expect(exchange.session).toBe(session);
    });

    test('leaves it where it is once no cookie can be sent: what follows is refused', async () => {
      const browser = create().browser();
      await browser.write({ name: 'Ann' });
      const exchange = await browser.open();
      const { session } = exchange;
      await browser.finish(exchange);
      exchange.detachSession();
      expect(exchange.session).toBe(session);
    });
  });

  describe('after the head has been sent', () => {
    test('finish stores what was changed since', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      const exchange = await browser.open();
      exchange.session.before = 1;
      await browser.finish(exchange);
      exchange.session.after = 1;
      await exchange.finish();
      expect(await browser.read()).toEqual({ name: 'Ann', before: 1, after: 1 });
      expect(store.only.version).toBe(3);
      await exchange.finish();
      expect(store.only.version).toBe(3);
    });

    test('a new session cannot begin any more: its cookie could not be sent', async () => {
      const { store, ...site } = create();
      const exchange = await site.browser().open();
      void exchange.session;
      await exchange.commit();
      exchange.session.name = 'late';
      await expect(async () => exchange.finish()).rejects.toMatchObject({
        code: 'ERR_SESS_HEADERS_SENT',
        message: expect.stringContaining('Do it before the first byte of the response'),
      });
      expect(store.writes).toEqual([]);
    });

    test.each(['login', 'rotate', 'regenerate'] as const)('%s is refused, before it does anything', async (verb) => {
      const { store, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      const exchange = await browser.open();
      void exchange.session;
      await browser.finish(exchange);
      const call = {
        login: () => exchange.session.login('ann'),
        rotate: () => exchange.session.rotate(),
        regenerate: () => exchange.session.regenerate(),
      }[verb];
      await expect(call()).rejects.toMatchObject({
        code: 'ERR_SESS_HEADERS_SENT',
        message: expect.stringContaining(`session.${verb}() needs a cookie`),
      });
      await exchange.finish();
      expect(store.only.version).toBe(1);
    });

    test('save, touch and destroy still work', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      const exchange = await browser.open();
      void exchange.session;
      await browser.finish(exchange);
      exchange.session.late = 1;
      await exchange.session.save();
      await exchange.session.touch();
      expect(await browser.read()).toEqual({ name: 'Ann', late: 1 });
      await exchange.session.destroy();
      await exchange.finish();
      expect(store.records.size).toBe(0);
    });

    test('a request without a response of its own, such as a WebSocket, can read, write and destroy', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      const exchange = await browser.open();
      exchange.sealHead();
      exchange.session.name = 'Bob';
      await exchange.finish();
      expect(await browser.read()).toEqual({ name: 'Bob' });
      const visitor = await browser.copy().open();
      visitor.sealHead();
      await expect(visitor.session.rotate()).rejects.toMatchObject({ code: 'ERR_SESS_HEADERS_SENT' });
      expect(store.only.version).toBe(2);
    });
  });

  describe('a verb that is not awaited', () => {
    test('is waited for by the commit, and its failure is the response’s', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      store.before = async ({ operation }) => {
        await Promise.resolve();
        if (operation === 'create') throw new Error('down');
      };
      await expect(browser.visit((session) => void session.login('ann'))).rejects.toMatchObject({
        code: 'ERR_SESS_STORE',
      });
    });

    test('called on the exchange itself is not forgotten either', async () => {
      const { store, ...site } = create();
      const browser = site.browser();
      const exchange = await browser.open();
      void exchange.login('ann');
      await browser.finish(exchange);
      expect(store.only.subject).toBe('ann');
      const next = await browser.open();
      void next.destroy();
      await browser.finish(next);
      expect(store.records.size).toBe(0);
      expect(browser.token).toBeUndefined();
    });
  });

  test('an event listener that throws keeps no verb from its work', async () => {
    const { sessions, store, ...site } = create();
    const names: (keyof SessionEvents)[] = [
      'created',
      'login',
      'rotated',
      'destroyed',
      'touched',
      'committed',
      'loaded',
    ];
    for (const name of names) {
      sessions.on(name, () => {
        throw new Error(`listener of ${name}`);
      });
    }
    const browser = site.browser();
    await browser.visit(async (session) => {
      await session.login('ann');
      await session.rotate();
      await session.touch();
      session.name = 'Ann';
    });
    expect(await browser.read()).toEqual({ name: 'Ann' });
    await browser.visit((session) => session.destroy());
    expect(store.records.size).toBe(0);
    expect(site.eventsOf('error').map(({ error }) => (error as Error).message)).toContain('listener of destroyed');
  });
});

/** The body as a login by another request would leave it. */
function raiseGeneration(body: string): string {
  return amendBody(body, ({ generation }) => ({ generation: generation + 1 }));
}
