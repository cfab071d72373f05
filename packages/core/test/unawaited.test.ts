import { describe, expect, test } from 'vitest';
import { createSite, modes } from './support/site.js';

// Tutorials do not await verbs. What is set behind one belongs to what the verb leaves, however long the store takes.
describe.each(modes)('what is changed behind a verb that nobody awaits: $mode', ({ isAsync }) => {
  async function openAsBob() {
    const site = createSite({}, { isAsync });
    const browser = site.browser();
    await browser.visit(async (session) => {
      Object.assign(session, { cart: ['book'], theme: 'dark' });
      await session.login('bob');
    });
    return { site, browser, exchange: await browser.open() };
  }

  test('regenerate()', async () => {
    const { browser, exchange } = await openAsBob();
    void exchange.session.regenerate();
    exchange.session.user = 'ada';
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({ user: 'ada' });
  });

  test('regenerate(), and then replace()', async () => {
    const { browser, exchange } = await openAsBob();
    void exchange.session.regenerate();
    exchange.session.replace({ user: 'ada' });
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({ user: 'ada' });
  });

  test('regenerate({ keep })', async () => {
    const { browser, exchange } = await openAsBob();
    void exchange.session.regenerate({ keep: ['cart', 'theme'] });
    exchange.session.user = 'ada';
    delete exchange.session.theme;
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({ cart: ['book'], user: 'ada' });
  });

  test('regenerate() behind another verb', async () => {
    const { browser, exchange } = await openAsBob();
    void exchange.session.save();
    void exchange.session.regenerate();
    exchange.session.user = 'ada';
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({ user: 'ada' });
  });

  test('login() of somebody else', async () => {
    const { browser, exchange } = await openAsBob();
    void exchange.session.login('ada');
    exchange.session.user = 'ada';
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({ user: 'ada' });
  });

  test('reload() and save() before a regenerate() are no changes of the handler', async () => {
    for (const verb of ['reload', 'save'] as const) {
      const { browser, exchange } = await openAsBob();
      if (verb === 'save') exchange.session.mine = 1;
      await browser.copy().write({ theirs: { of: 'bob' } });
      void exchange.session[verb]();
      void exchange.session.regenerate();
      exchange.session.user = 'ada';
      await browser.finish(exchange);
      expect(await browser.read()).toEqual({ user: 'ada' });
    }
  });

  test('L4: reload() before a reload() overwrites nothing that others write between them', async () => {
    const { site, browser, exchange } = await openAsBob();
    await browser.copy().write({ cart: ['first'] });
    let reads = 0;
    site.store.before = async ({ operation }) => {
      if (operation !== 'read' || ++reads !== 2) return;
      await browser.copy().write({ cart: ['second'] });
    };
    const reading = exchange.session.reload();
    const again = exchange.session.reload();
    await Promise.all([reading, again]);
    site.store.calls = [];
    await browser.finish(exchange);
    expect(site.store.writes).toEqual([]);
    expect(await browser.read()).toMatchObject({ cart: ['second'] });
  });

  test('login() of a second other user keeps what this request has written', async () => {
    const { browser, exchange } = await openAsBob();
    exchange.session.mine = 1;
    await exchange.session.login('ada');
    await exchange.session.login('eve');
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({ mine: 1 });
  });

  test('reload()', async () => {
    const { browser, exchange } = await openAsBob();
    exchange.session.lost = 1;
    void exchange.session.reload();
    exchange.session.user = 'ada';
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({ cart: ['book'], theme: 'dark', user: 'ada' });
  });

  test('save() and login() of a new session: its id is the one it is stored under', async () => {
    for (const verb of ['save', 'login'] as const) {
      const site = createSite({}, { isAsync });
      const exchange = await site.browser().open();
      const done = verb === 'save' ? exchange.session.save() : exchange.session.login('ada');
      const { id } = exchange.session;
      await done;
      expect(site.store.only.id).toBe(id);
    }
  });
});

describe('a session that has no response of its own', () => {
  test('tells of a verb that failed and that nobody looked at', async () => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ n: 1 });
    const exchange = await browser.open();
    exchange.sealHead();
    exchange.session.n = 2;
    site.store.before = () => Promise.reject(new Error('down'));
    void exchange.session.save();
    await expect.poll(() => site.eventsOf('error')).toMatchObject([{ error: { code: 'ERR_SESS_STORE' } }]);
  });
});
