import { createSessions, manualClock, type SessionOptions } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MapStore } from './support/map-store.js';
import { nodeDigest } from './support/node-digest.js';
import { createSite, type Site, surround } from './support/site.js';

type Loose = Record<string, unknown>;

/** A site whose sessions a schema describes, used without types, as JavaScript would. */
function createTyped(schema: z.ZodType, options: object = {}, store?: MapStore): Site<Loose> {
  const clock = manualClock();
  const siteStore = store ?? new MapStore(clock);
  const all = { schema, store: siteStore, clock, ...options } as unknown as SessionOptions;
  return surround<Loose>(createSessions(all, { digest: nodeDigest }), siteStore, clock);
}

/** A token that is drawn for each session. */
const csrf = z.string().default(() => crypto.randomUUID());

const waits = [
  { answers: 'at once', complete: (schema: z.ZodObject) => schema },
  { answers: 'with promises', complete: (schema: z.ZodObject) => schema.refine(async () => true) },
];

describe('initial data', () => {
  test('of a function go through the schema, as those of an object do', async () => {
    const schema = z.object({ cart: z.array(z.string()).default([]), lang: z.string().default('en') });
    for (const initial of [{ lang: 'de' }, () => ({ lang: 'de' })]) {
      expect(await createTyped(schema, { initial }).browser().read()).toEqual({ cart: [], lang: 'de' });
    }
  });

  test('of a function that answers one object are not shared by sessions', async () => {
    const empty = { cart: [] as string[] };
    const site = createSite({ initial: () => empty });
    await site.browser().visit((session) => (session.cart as string[]).push('book'));
    expect(await site.browser().read()).toEqual({ cart: [] });
    expect(empty).toEqual({ cart: [] });
  });

  test('are shown as the next request will find them', async () => {
    const site = createSite({ initial: () => ({ at: { toJSON: () => 'now' }, gone: undefined }) });
    expect(await site.browser().read()).toEqual({ at: 'now' });
  });

  test('of a function that later answers what cannot be stored fail the request, not the next one', async () => {
    let tags: unknown = [];
    const site = createSite({ initial: () => ({ tags }) });
    tags = new Set();
    await expect(site.browser().read()).rejects.toMatchObject({
      code: 'ERR_SESS_DATA',
      message: expect.stringContaining('session.tags is of class Set'),
    });
  });
});

describe.each(waits)('data that the schema draws for each session, answering $answers', ({ complete }) => {
  const schema = complete(z.object({ name: z.string().optional(), csrf }));

  test('differ from session to session, in whatever way one begins', async () => {
    const { browser } = createTyped(schema);
    const visitor = browser();
    const drawn = new Set<unknown>();
    for (let visit = 0; visit < 2; visit++) {
      await browser().visit((session) => void drawn.add(session.csrf));
      await visitor.visit(async (session) => {
        await session.login(`user-${visit}`);
        drawn.add(session.csrf);
        await session.regenerate();
        drawn.add(session.csrf);
        await session.login('again');
      });
    }
    await browser().visit(async (session) => {
      drawn.add(session.csrf);
      await session.reload();
      drawn.add(session.csrf);
    });
    expect(drawn.size).toBe(8);
  });

  test('also beside initial data that leave them open', async () => {
    const { browser } = createTyped(schema, { initial: { name: 'guest' } });
    const [one, other] = [(await browser().read()) as Loose, (await browser().read()) as Loose];
    expect([one.name, other.name]).toEqual(['guest', 'guest']);
    expect(one.csrf).not.toBe(other.csrf);
  });

  test('are those that the next request finds: to have been handed out is enough to be stored', async () => {
    const { browser, store } = createTyped(schema);
    const visitor = browser();
    const shown = await visitor.read();
    expect(store.operations).toEqual(['create']);
    expect(await visitor.read()).toEqual(shown);
    expect(store.writes).toHaveLength(1);
  });

  test('S3: a request that never asks for its session stores nothing', async () => {
    const { browser, store } = createTyped(schema);
    const visitor = browser();
    await visitor.finish(await visitor.open());
    expect(visitor.token).toBeUndefined();
    expect(store.calls).toEqual([]);
  });

  test('that are first looked at when no cookie can be sent any more break no response', async () => {
    const { browser, store } = createTyped(schema);
    const visitor = browser();
    const exchange = await visitor.open();
    await visitor.finish(exchange);
    expect(exchange.session.csrf).toEqual(expect.any(String));
    await exchange.finish();
    expect(store.calls).toEqual([]);
  });

  test("and a request that goes on without the store (onStoreError 'anonymous') still may read them", async () => {
    const { browser, store } = createTyped(schema, { onStoreError: 'anonymous' });
    const visitor = browser();
    await visitor.write({ name: 'Ann' });
    store.before = () => {
      throw new Error('down');
    };
    expect(await visitor.read()).toEqual({ csrf: expect.any(String) });
  });

  test('for a field that a stored session does not have yet, are stored by the request that shows them', async () => {
    const before = createSite();
    const visitor = before.browser();
    await visitor.write({ name: 'Ann' });
    const after = createTyped(schema, {}, before.store).browser();
    after.token = visitor.token;
    const shown = await after.read();
    expect(await after.read()).toEqual(shown);
    expect(before.store.only.version).toBe(2);
  });

  test.each<[string, Partial<SessionOptions>]>([
    ['nested', {}],
    ['a time, which differs only later', {}],
    ['a time beside data that were given', { initial: { name: 'guest' } }],
  ])('the same, if they are %s', async (kind, options) => {
    const clock = manualClock();
    const since = z.number().default(() => clock.now());
    const shape = kind === 'nested' ? { user: z.object({ csrf }).optional() } : { since };
    const before = createSite({}, { clock });
    const visitor = before.browser();
    await visitor.write({ name: 'Ann', user: {} });
    const after = createTyped(complete(z.object(shape)), { clock, ...options }, before.store).browser();
    after.token = visitor.token;
    clock.advance(1000);
    const shown = await after.read();
    clock.advance(1000);
    expect(await after.read()).toEqual(shown);
  });

  test('two requests that draw for the same stored session: others’ changes stay, and a conflict is reported only where there is one', async () => {
    const before = createSite();
    const visitor = before.browser();
    await visitor.write({ name: 'Ann' });
    const site = createTyped(schema, {}, before.store);
    const after = site.browser();
    after.token = visitor.token;
    const [first, second] = [await after.open(), await after.open()];
    await visitor.write({ name: 'Bob' });
    const shown = first.session.csrf;
    await after.finish(first);
    expect(site.eventsOf('conflict')).toEqual([]);
    expect(await after.read()).toEqual({ name: 'Bob', csrf: shown });
    expect(second.session.csrf).not.toBe(shown);
    await after.finish(second);
    expect(site.eventsOf('conflict')).toMatchObject([{ keys: [{ key: 'csrf', rule: 'last' }] }]);
  });
});

describe('data that a function draws for each session', () => {
  test('are stored when they have been handed out, as those of a schema', async () => {
    const clock = manualClock();
    const site = createSite({ initial: () => ({ since: clock.now() }) }, { clock });
    clock.advance(1000);
    const visitor = site.browser();
    const shown = await visitor.read();
    clock.advance(1000);
    expect(await visitor.read()).toEqual(shown);
  });

  test('few as the possibilities may be: once two draws have differed, each counts', async () => {
    const sides = ['heads', 'heads', 'tails', 'heads', 'tails'];
    const site = createSite({ initial: () => ({ coin: sides.shift() }) });
    for (const coin of ['tails', 'heads']) {
      const visitor = site.browser();
      expect(await visitor.read()).toEqual({ coin });
      expect(await visitor.read()).toEqual({ coin });
    }
  });

  test('that are always the same are no reason to store anything', async () => {
    const site = createSite({ initial: () => ({ cart: [] }) });
    await site.browser().read();
    expect(site.store.calls).toEqual([]);
  });
});
