import { type Codec, createSessions, manualClock, type Schema } from '@sess/core';
import { type as arktype } from 'arktype';
import * as devalue from 'devalue';
import superjson from 'superjson';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Browser } from './support/browser.js';
import { MapStore } from './support/map-store.js';
import { nodeDigest } from './support/node-digest.js';
import { createSite, surround } from './support/site.js';

/** The same data in three languages: a name that may be missing, a cart that begins empty, and nothing else. */
interface Shop {
  name?: string | undefined;
  cart: number[];
}

const schemas: readonly [string, Schema<Shop>][] = [
  ['Zod', z.object({ name: z.string().optional(), cart: z.array(z.number()).default([]) })],
  ['Valibot', v.object({ name: v.optional(v.string()), cart: v.optional(v.array(v.number()), []) })],
  ['ArkType', arktype({ 'name?': 'string', cart: arktype('number[]').default(() => []), '+': 'delete' })],
];

function createShop(schema: Schema<Shop>, store?: MapStore) {
  const clock = manualClock();
  const shopStore = store ?? new MapStore(clock);
  const sessions = createSessions({ store: shopStore, schema, clock }, { digest: nodeDigest });
  return surround(sessions, shopStore, clock);
}

/** Replaces the data in the only record, as an older version of the application may have written them. */
function plant(store: MapStore, data: string): void {
  const record = store.only;
  store.records.set(record.id, { ...record, body: record.body.replace(/\n.*$/s, `\n${data}`) });
}

describe.each(schemas)('a schema by %s', (_, schema) => {
  test('types the session, and gives a new one its defaults', async () => {
    const { browser, store } = createShop(schema);
    const visitor = browser();
    await visitor.visit((session) => {
      expect({ ...session }).toEqual({ cart: [] });
    });
    expect(store.calls).toEqual([]);
    await visitor.visit((session) => {
      session.cart.push(1);
    });
    expect(await visitor.read()).toEqual({ cart: [1] });
  });

  test('migration: what an older version wrote gets its defaults on load, and is written only when something changes', async () => {
    const { browser, store } = createShop(schema);
    const visitor = browser();
    await visitor.write({ name: 'Ann' });
    plant(store, '{"name":"Ann"}');
    store.calls = [];
    expect(await visitor.read()).toEqual({ name: 'Ann', cart: [] });
    expect(store.writes).toEqual([]);
    await visitor.write({ name: 'Bob' });
    expect(store.only.body.split('\n')[1]).toBe('{"name":"Bob","cart":[]}');
  });

  test('migration, L4: a key that the schema no longer knows is dropped from the handler’s view, not from the store by reading', async () => {
    const { browser, store, clock } = createShop(schema);
    const visitor = browser();
    await visitor.write({ name: 'Ann' });
    plant(store, '{"name":"Ann","cart":[],"old":1}');
    expect(await visitor.read()).toEqual({ name: 'Ann', cart: [] });
    clock.advance(600_000);
    await visitor.visit(async (session) => {
      await session.rotate();
      await session.touch();
    });
    expect(store.only.body).toContain('"old":1');
  });

  test('S5: stored data that it refuses open no session, are left as they are, and an event says so', async () => {
    const { browser, store, eventsOf } = createShop(schema);
    const visitor = browser();
    await visitor.write({ name: 'Ann' });
    plant(store, '{"name":7}');
    const { body } = store.only;
    expect(await visitor.read()).toEqual({ cart: [] });
    expect(eventsOf('refused')).toMatchObject([{ reason: 'schema', at: 'open' }]);
    expect(store.only.body).toBe(body);
  });

  test('data that it refuses are not written; the message names the field', async () => {
    const { browser, store } = createShop(schema);
    const visitor = browser();
    await visitor.write({ name: 'Ann' });
    await expect(visitor.write({ cart: ['one'] as never })).rejects.toMatchObject({
      code: 'ERR_SESS_DATA',
      message: expect.stringMatching(/^The session was not stored\. session\.cart\.0: /),
    });
    expect(store.only.version).toBe(1);
  });

  test('a field that it would drop is refused when written, not lost in silence', async () => {
    const { browser, store } = createShop(schema);
    for (const key of ['extra', 'toString', 'constructor']) {
      await expect(browser().write({ [key]: 'x' } as never)).rejects.toMatchObject({
        code: 'ERR_SESS_DATA',
        message: expect.stringContaining(`session.${key}: not in the schema`),
      });
    }
    expect(store.calls).toEqual([]);
  });

  test('a merge whose result it refuses is not written', async () => {
    const atMostTwo: Schema<Shop> = {
      '~standard': {
        ...schema['~standard'],
        validate: async (value) => {
          const result = await schema['~standard'].validate(value);
          if (result.issues === undefined && result.value.cart.length > 2) {
            return { issues: [{ message: 'at most two', path: ['cart'] }] };
          }
          return result;
        },
      },
    };
    const clock = manualClock();
    const store = new MapStore(clock);
    const sessions = createSessions(
      { store, schema: atMostTwo, clock, merge: { cart: 'union' } },
      { digest: nodeDigest },
    );
    const visitor = new Browser(sessions);
    await visitor.write({ name: 'Ann' });
    const exchange = await visitor.open();
    await visitor.copy().write({ cart: [1, 2] });
    exchange.session.cart = [3];
    await expect(visitor.finish(exchange)).rejects.toMatchObject({
      code: 'ERR_SESS_DATA',
      message: 'The session was not stored. session.cart: at most two',
    });
    expect(await visitor.read()).toEqual({ name: 'Ann', cart: [1, 2] });
  });

  test('reload and list show what it makes of the data', async () => {
    const { browser, store, sessions } = createShop(schema);
    const visitor = browser();
    await visitor.visit((session) => session.login('ann'));
    await visitor.visit(async (session) => {
      plant(store, '{"name":"Ann","old":1}');
      await session.reload();
      expect({ ...session }).toEqual({ name: 'Ann', cart: [] });
    });
    expect((await sessions.list('ann'))[0]?.data).toEqual({ name: 'Ann', cart: [] });
  });
});

describe('a schema whose defaults differ each time', () => {
  let drawn = 0;
  const numbered = z.object({ ticket: z.number().default(() => ++drawn) });
  const ticketsOf = async (options: { readonly initial?: { ticket: number } }) => {
    const clock = manualClock();
    const sessions = createSessions({ store: new MapStore(clock), schema: numbered, clock, ...options });
    const exchanges = [await new Browser(sessions).open(), await new Browser(sessions).open()];
    return exchanges.map(({ session }) => session.ticket);
  };

  test('is asked for every new session, unless initial data are given', async () => {
    const [first, second] = await ticketsOf({});
    expect(first).not.toBe(second);
    expect(await ticketsOf({ initial: { ticket: 7 } })).toEqual([7, 7]);
  });
});

describe('an asynchronous schema', () => {
  const checked = z.object({
    name: z
      .string()
      .refine(async (name) => name !== 'Eve')
      .default(''),
  });

  test('is waited for on load, before a write and at construction', async () => {
    const clock = manualClock();
    const store = new MapStore(clock);
    const sessions = createSessions({ store, schema: checked, clock });
    const visitor = new Browser(sessions);
    await visitor.write({ name: 'Ann' });
    expect(await visitor.read()).toEqual({ name: 'Ann' });
    await expect(visitor.write({ name: 'Eve' })).rejects.toMatchObject({ code: 'ERR_SESS_DATA' });
    plant(store, '{"name":"Eve"}');
    expect(await visitor.isKnown()).toBe(false);
  });

  test('what it has checked is what is stored, also when the handler goes on writing meanwhile', async () => {
    for (const isNew of [true, false]) {
      const clock = manualClock();
      const store = new MapStore(clock);
      const sessions = createSessions({ store, schema: checked, clock }, { digest: nodeDigest });
      const visitor = new Browser(sessions);
      if (!isNew) await visitor.write({ name: 'Ann' });
      const exchange = await visitor.open();
      exchange.session.name = 'Bob';
      const saved = exchange.session.save();
      exchange.session.name = 'Eve';
      await saved;
      expect(store.only.body).toContain('"Bob"');
      await expect(visitor.finish(exchange)).rejects.toMatchObject({ code: 'ERR_SESS_DATA' });
      expect(store.only.body).toContain('"Bob"');
    }
  });
});

describe('S5: a schema that throws', () => {
  test('at stored data: no session, never an error page', async () => {
    const parsed = z.object({
      json: z
        .string()
        .default('{}')
        .transform((text) => JSON.stringify(JSON.parse(text))),
    });
    const clock = manualClock();
    const store = new MapStore(clock);
    const { browser, eventsOf } = surround(createSessions({ store, schema: parsed, clock }), store, clock);
    const visitor = browser();
    await visitor.write({ json: '[1]' });
    plant(store, '{"json":"{"}');
    expect(await visitor.isKnown()).toBe(false);
    expect(eventsOf('refused')).toMatchObject([{ reason: 'schema' }]);
    await expect(browser().write({ json: '{' })).rejects.toMatchObject({
      code: 'ERR_SESS_DATA',
      cause: expect.any(SyntaxError),
    });
  });
});

describe.each<[string, Codec]>([
  ['devalue', { stringify: devalue.stringify, parse: devalue.parse }],
  ['superjson', { stringify: superjson.stringify, parse: superjson.parse }],
])('%s as the codec', (_, codec) => {
  const data = {
    at: new Date(0),
    tags: new Set(['a']),
    prices: new Map([['tea', 2n]]),
    pattern: /x/g,
    nothing: undefined,
    nested: { deep: [new Date(1)] },
  };

  test('carries what JSON does not, and the same data are no change', async () => {
    const site = createSite({ codec });
    const browser = site.browser();
    await browser.write(data);
    expect(await browser.read()).toEqual(data);
    site.store.calls = [];
    await browser.visit((session) => {
      session.at = new Date(0);
      session.tags = new Set(['a']);
    });
    expect(site.store.writes).toEqual([]);
    await browser.visit((session) => (session.tags as Set<string>).add('b'));
    expect(site.store.writes).toHaveLength(1);
  });

  test('merges, by key and by rule', async () => {
    const site = createSite({
      codec,
      merge: { tags: (_base, mine, theirs) => new Set([...(mine as Set<string>), ...(theirs as Set<string>)]) },
    });
    const browser = site.browser();
    await browser.write({ ...data, gone: 1 });
    const exchange = await browser.open();
    await browser.copy().visit((session) => {
      session.tags = new Set(['a', 'theirs']);
      delete session.gone;
      session.at = new Date(5);
    });
    exchange.session.tags = new Set(['a', 'mine']);
    exchange.session.valueOf = 'mine' as never;
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({
      ...data,
      at: new Date(5),
      tags: new Set(['a', 'mine', 'theirs']),
      valueOf: 'mine',
    });
  });

  test('initial data, login of another user and regenerate work with it', async () => {
    const site = createSite({ codec, initial: { since: new Date(0) } });
    const browser = site.browser();
    await browser.visit(async (session) => {
      expect(session.since).toEqual(new Date(0));
      session.tags = new Set(['a']);
      await session.login('ann');
    });
    await browser.visit(async (session) => {
      session.toString = 'mine' as never;
      await session.login('bob');
      await session.regenerate({ keep: ['since'] });
    });
    expect(await browser.read()).toEqual({ since: new Date(0) });
  });

  test('gives the store well-formed Unicode', async () => {
    const { store, ...site } = createSite({ codec });
    const browser = site.browser();
    await browser.write({ '\udc00': '\ud800' });
    expect(store.only.body).not.toMatch(/\p{Surrogate}/u);
    expect(await browser.read()).toEqual({ '\udc00': '\ud800' });
  });

  test('what it cannot write is refused', async () => {
    const { store, ...site } = createSite({ codec: { ...codec, stringify: refuseFunctions(codec) } });
    await expect(site.browser().write({ f: () => {} })).rejects.toMatchObject({ code: 'ERR_SESS_DATA' });
    expect(store.calls).toEqual([]);
  });

  test.each([
    '',
    '[',
    '{"json":',
    '[[1]',
    'null',
    '7',
    '[-1]',
    '[{"__proto__":1}]',
    '{"json":{"__proto__":{"x":1}}}',
    '[1,2,3]',
  ])('S5: a body that holds %o opens no session that a handler could fall over', async (text) => {
    const { store, ...site } = createSite({ codec });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    plant(store, text);
    expect(await browser.read()).toEqual({});
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

/** superjson drops functions in silence; an application may add a check, as `Codec.check` allows. */
function refuseFunctions(codec: Codec): Codec['stringify'] {
  return (data) => {
    if (Object.values(data).some((value) => typeof value === 'function')) throw new TypeError('a function');
    return codec.stringify(data);
  };
}
