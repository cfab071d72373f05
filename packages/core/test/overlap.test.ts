import type { Session } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { createSite } from './support/site.js';

/** A request opened before another request of the same session has stored `theirs`. */
async function openBehind(options: Parameters<typeof createSite>[0] = {}) {
  const site = createSite(options);
  const browser = site.browser();
  await browser.write({ count: 10, old: 'old' });
  const mine = await browser.open();
  await browser.copy().write({ theirs: 1, count: 15 });
  return { site, browser, mine };
}

test('L2: a write that meets several others tells of each key once', async () => {
  const { site, browser, mine } = await openBehind();
  mine.session.count = 11;
  let updates = 0;
  site.store.before = async ({ operation }) => {
    if (operation === 'update' && ++updates === 2) await browser.copy().write({ count: 16 });
  };
  await browser.finish(mine);
  expect(site.eventsOf('conflict')).toMatchObject([{ keys: [{ key: 'count' }] }]);
});

describe('a verb that finds the record changed by another request', () => {
  const verbs: Record<string, (session: Session) => Promise<void>> = {
    rotate: (session) => session.rotate(),
    login: (session) => session.login('ann'),
    save: (session) => {
      session.saved = 1;
      return session.save();
    },
  };

  for (const [name, verb] of Object.entries(verbs)) {
    // A verb that changes no data used to move on to the other's version without its data, which the next write then overwrote.
    test(`L1: ${name}, then a write in the same request, loses nothing of the other's`, async () => {
      const { site, browser, mine } = await openBehind();
      await verb(mine.session);
      mine.session.mine = 1;
      await browser.finish(mine);
      expect(await browser.read()).toMatchObject({ theirs: 1, mine: 1, old: 'old', count: 15 });
      expect(site.eventsOf('conflict')).toEqual([]);
    });

    test(`L2: ${name}, then a write to the same key, follows the key's rule and says so`, async () => {
      const { site, browser, mine } = await openBehind({ merge: { count: 'counter' } });
      await verb(mine.session);
      mine.session.count = (mine.session.count as number) + 100;
      await browser.finish(mine);
      expect(await browser.read()).toMatchObject({ count: 115, theirs: 1 });
      const isKnownAfterSave = name === 'save';
      expect(site.eventsOf('conflict').map(({ keys }) => keys)).toEqual(
        isKnownAfterSave ? [] : [[{ key: 'count', rule: 'counter' }]],
      );
    });
  }

  test('L2: a key that the handler changes again while it is being saved still follows its rule', async () => {
    const { site, browser, mine } = await openBehind({ merge: { count: 'counter' } });
    site.store.before = () => Promise.resolve();
    mine.session.count = 11;
    const saved = mine.session.save();
    mine.session.count = 12;
    await saved;
    expect(mine.session.theirs).toBe(1);
    await browser.finish(mine);
    expect(await browser.read()).toMatchObject({ count: 17, theirs: 1 });
  });
});

describe('a verb under way when the same request destroys the session', () => {
  const verbs: Record<string, (session: Session) => Promise<void>> = {
    save: (session) => session.save(),
    reload: (session) => session.reload(),
    touch: (session) => session.touch(),
    'login, same user': (session) => session.login('ann'),
    'login, another user': (session) => session.login('bob'),
    rotate: (session) => session.rotate(),
    regenerate: (session) => session.regenerate(),
    'regenerate, keeping': (session) => session.regenerate({ keep: ['mine'] }),
  };

  for (const [name, verb] of Object.entries(verbs)) {
    for (const isBehind of [false, true]) {
      test(`D2: ${name}${isBehind ? ', behind another request' : ''}: nothing is left, and the response succeeds`, async () => {
        const site = createSite({ initial: { fresh: true } });
        const browser = site.browser();
        await browser.visit(async (session) => {
          await session.login('ann');
          session.old = 1;
        });
        const exchange = await browser.open();
        exchange.session.mine = 1;
        if (isBehind) await browser.copy().write({ theirs: 1 });
        site.store.before = () => Promise.resolve();

        void verb(exchange.session);
        void exchange.session.destroy();
        await browser.finish(exchange);

        expect([...site.store.records.values()]).toEqual([]);
        expect(browser.token).toBeUndefined();
        expect(site.eventsOf('error')).toEqual([]);
      });
    }
  }

  test('verbs that wait behind another have nothing left to ask of the store', async () => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ old: 1 });
    site.store.before = () => Promise.resolve();
    await browser.visit((session) => {
      site.store.calls = [];
      session.mine = 1;
      void session.save();
      void session.reload();
      void session.touch();
      void session.rotate();
      void session.login('ann');
      void session.regenerate();
      void session.destroy();
    });
    expect(site.store.operations).toEqual(['update', 'destroy']);
  });

  test('D2: a new session that is just being stored', async () => {
    const site = createSite();
    const browser = site.browser();
    site.store.before = () => Promise.resolve();
    await browser.visit((session) => {
      void session.login('ann');
      void session.destroy();
    });
    expect([...site.store.records.values()]).toEqual([]);
    expect(browser.token).toBeUndefined();
  });
});
