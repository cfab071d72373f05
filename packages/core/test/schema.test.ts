import { type Codec, createSessions, jsonCodec, type MergeRules, manualClock, type Schema } from '@sess/core';
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

/** Replaces the data in the only record, as an older version of the application may have written it. */
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

  test('what a newer version of the application stores during a request, and it refuses, ends the request’s session for that reason', async () => {
    const { browser, store, eventsOf } = createShop(schema);
    const visitor = browser();
    await visitor.write({ name: 'Ann' });
    const exchange = await visitor.open();
    exchange.session.name = 'Bob';
    plant(store, '{"name":7,"cart":[]}');
    store.records.set(store.only.id, { ...store.only, version: store.only.version + 1 });
    await visitor.finish(exchange);

    expect(eventsOf('refused')).toMatchObject([{ reason: 'schema', at: 'commit' }]);
    expect(store.only.body).toContain('"name":7');
  });

  test('a merge whose result it refuses is a conflict, and not written', async () => {
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
      code: 'ERR_SESS_CONFLICT',
      status: 409,
      message: expect.stringMatching(
        /the two changes do not go together\. .*session\.cart: at most two\. Let the user/,
      ),
      cause: expect.objectContaining({ code: 'ERR_SESS_DATA' }),
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

describe('a schema goes over the data again at every load', () => {
  const dateHint =
    '(JSON made a string of a Date: use a schema that takes one back, such as z.coerce.date(), or give a codec)';
  const user = z.object({ name: z.string(), role: z.string().default('guest'), tags: z.array(z.string()).optional() });

  test.each<[string, object, string]>([
    ['a nested field that it would drop', { user: { name: 'Ann', age: 7 } }, 'session.user.age: not in the schema'],
    ['one in a list', { users: [{ name: 'Ann' }, { name: 'Bob', age: 7 }] }, 'session.users.1.age: not in the schema'],
    ['a text that it would change', { title: ' x' }, 'session.title: the schema makes something else of it'],
    ['a list that it would shorten', { top: [1, 2, 3] }, 'session.top: the schema makes something else of it'],
    ['a Date, which JSON makes a text that it refuses', { at: new Date(0) }, `received string ${dateHint}`],
    ['one in a list', { times: [{ at: new Date(0) }] }, `received string ${dateHint}`],
  ])('%s is refused when it is written, and named', async (_, fields, message) => {
    const schema = z.object({
      user: user.optional(),
      users: z.array(user).optional(),
      title: z.string().trim().optional(),
      top: z
        .array(z.number())
        .transform((list) => list.slice(0, 2))
        .optional(),
      at: z.date().optional(),
      times: z.array(z.object({ at: z.date() })).optional(),
    });
    const clock = manualClock();
    const store = new MapStore(clock);
    const sessions = createSessions({ store, schema, clock, codec: jsonCodec }, { digest: nodeDigest });
    await expect(new Browser(sessions).write(fields)).rejects.toMatchObject({
      code: 'ERR_SESS_DATA',
      message: expect.stringContaining(message),
    });
    expect(store.calls).toEqual([]);
  });

  test.each<[string, object, Codec, boolean]>([
    ['a text where it wants a Date', { at: '1970-01-01T00:00:00.000Z' }, jsonCodec, false],
    ['a Date where it wants a number', { count: new Date(0) }, jsonCodec, true],
    ['the same of a codec that carries Dates', { count: new Date(0) }, devalue, false],
    ['the same of one that does not', { count: new Date(0) }, { parse: JSON.parse, stringify: JSON.stringify }, true],
    ['a Date beside what it refuses', { at: null, other: new Date(0) }, jsonCodec, false],
  ])('%s: the hint about Dates is given where JSON has made a string of one', async (_, fields, codec, isHinted) => {
    const schema = z.object({
      at: z.date().optional(),
      count: z.number().optional(),
      other: z.coerce.date().optional(),
    });
    const sessions = createSessions({ store: new MapStore(manualClock()), schema, codec });
    const refusal = await new Browser(sessions).write(fields).catch((error: Error) => error.message);

    expect(refusal).toContain('The session was not stored. session.');
    expect(String(refusal).includes(dateHint)).toBe(isHinted);
  });

  test('what it adds, converts without a trace, or writes in another order, may be written', async () => {
    const schema = z.object({ user: user.optional(), at: z.coerce.date().optional(), last: z.string().optional() });
    const clock = manualClock();
    const sessions = createSessions({ store: new MapStore(clock), schema, clock, codec: jsonCodec });
    const visitor = new Browser(sessions);
    await visitor.write({ last: 'x', at: new Date(0), user: { tags: ['a'], name: 'Ann' } as never });
    expect(await visitor.read()).toEqual({
      user: { name: 'Ann', role: 'guest', tags: ['a'] },
      at: new Date(0),
      last: 'x',
    });
  });

  test('what it makes of data and cannot be written is refused with the codec’s words', async () => {
    const schema = z.object({ count: z.union([z.string().transform(BigInt), z.null()]) });
    const clock = manualClock();
    const options = { store: new MapStore(clock), schema, clock, codec: jsonCodec, initial: { count: null } };
    await expect(new Browser(createSessions(options)).write({ count: '1' as never })).rejects.toMatchObject({
      code: 'ERR_SESS_DATA',
      message: expect.stringContaining('BigInt'),
    });
  });

  test('with a codec that carries cycles', async () => {
    interface Node {
      next?: Node;
    }
    const keep: Schema<{ first?: Node; name?: string }> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        // Puts the name first, for the texts to differ.
        validate: (value) => ({ value: { name: 'none', ...(value as object) } }),
      },
    };
    const clock = manualClock();
    const sessions = createSessions({ store: new MapStore(clock), schema: keep, clock, codec: devalue });
    const visitor = new Browser(sessions);
    const ring: Node = {};
    ring.next = ring;
    await visitor.visit((session) => {
      delete session.name;
      session.first = ring;
    });
    expect(((await visitor.read()) as { first: Node }).first.next?.next).toEqual(expect.any(Object));
  });
});

describe('a discriminated union', () => {
  const guest = z.object({ kind: z.literal('guest'), visits: z.number() });
  const user = z.object({ kind: z.literal('user'), name: z.string(), mail: z.string().optional() });
  const schema = z.discriminatedUnion('kind', [guest, user]);

  function createUnion() {
    const clock = manualClock();
    const store = new MapStore(clock);
    const sessions = createSessions({ store, schema, clock, initial: { kind: 'guest', visits: 0 } });
    return surround(sessions, store, clock);
  }

  test('of which two requests make a mixture that is no variant: the later one meets a conflict (409)', async () => {
    const { browser } = createUnion();
    const visitor = browser();
    await visitor.write({ visits: 1 });
    const [one, two] = [await visitor.open(), await visitor.open()];
    Object.assign(one.session, { visits: 2 });
    two.session.replace({ kind: 'user', name: 'Ann' });
    await visitor.finish(two);
    await expect(visitor.finish(one)).rejects.toMatchObject({
      code: 'ERR_SESS_CONFLICT',
      status: 409,
      message: expect.stringContaining('session.visits: not in the schema'),
    });
    expect(await visitor.read()).toEqual({ kind: 'user', name: 'Ann' });
  });

  test('is, after the login of another user, what the request has replaced it by', async () => {
    const visitor = createUnion().browser();
    for (const name of ['ann', 'bob']) {
      await visitor.visit(async (session) => {
        session.replace({ kind: 'user', name });
        await session.login(name);
      });
    }
    expect(await visitor.read()).toEqual({ kind: 'user', name: 'bob' });
  });

  test('what a merge has brought in after replace is not the request’s own, and no other user’s after a login', async () => {
    const site = createSite();
    const visitor = site.browser();
    await visitor.visit(async (session) => {
      session.name = 'Ann';
      await session.login('ann');
    });
    const exchange = await visitor.open();
    exchange.session.replace({ name: 'Bob' });
    await visitor.copy().write({ secret: 'of Ann' });
    await exchange.session.save();
    expect({ ...exchange.session }).toEqual({ name: 'Bob', secret: 'of Ann' });
    await exchange.session.login('bob');
    expect({ ...exchange.session }).not.toHaveProperty('secret');
  });

  test('what was loaded after replace is not the request’s own either', async () => {
    const site = createSite();
    const visitor = site.browser();
    await visitor.visit(async (session) => {
      session.name = 'Ann';
      await session.login('ann');
    });
    await visitor.visit(async (session) => {
      session.replace({ name: 'Bob' });
      await session.reload();
      await session.login('bob');
      expect({ ...session }).toEqual({});
    });
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

  test('is asked for every new session, unless initial data is given', async () => {
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

describe('S5: a schema whose output the codec cannot write', () => {
  test('gives no session, and leaves the others in the list', async () => {
    const store = new MapStore(manualClock());
    const before = createSite({}, { store });
    const [good, bad] = [before.browser(), before.browser()];
    await good.visit((session) => session.login('ann'));
    await bad.visit(async (session) => {
      session.n = '5';
      await session.login('ann');
    });
    const schema = z.looseObject({ n: z.any().transform(BigInt).optional() });
    const after = createSite({ schema } as never, { store });
    const visitor = after.browser();
    visitor.token = bad.token;
    expect(await visitor.read()).toEqual({});
    expect(after.eventsOf('refused')).toMatchObject([{ reason: 'schema', at: 'open' }]);
    expect(await after.sessions.list('ann')).toHaveLength(1);
  });
});

describe('S5: a schema whose output JSON would silently lose', () => {
  test.each([
    ['filled in', '{"name":"Ann"}', z.object({ name: z.string().optional(), limit: z.number().default(Infinity) })],
    [
      'made of what is stored',
      '{"limit":null}',
      z.object({
        limit: z
          .number()
          .nullable()
          .transform((limit) => limit ?? Infinity),
      }),
    ],
  ])('%s: no session, never an error page', async (_, stored, schema) => {
    const site = createSite({ schema, initial: { limit: 3 } } as never);
    const visitor = site.browser();
    await visitor.visit((session) => session.login('ann'));
    plant(site.store, stored);

    expect(await visitor.read()).toEqual({ limit: 3 });
    expect(site.eventsOf('refused')).toMatchObject([{ reason: 'schema', at: 'open' }]);
    expect(await site.sessions.list('ann')).toEqual([]);
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

describe.each([
  ['Zod', z.object({ name: z.string(), cart: z.object({ items: z.array(z.string()) }).default({ items: [] }) })],
  [
    'Zod, from catch',
    z.object({ name: z.string(), cart: z.object({ items: z.array(z.string()) }).catch({ items: [] }) }),
  ],
  [
    'Zod, asynchronous',
    z
      .object({ name: z.string(), cart: z.object({ items: z.array(z.string()) }).default({ items: [] }) })
      .refine(async () => true),
  ],
] as const)('what the schema fills in where nothing is stored, by %s', (_, schema) => {
  test('is each session’s own: no visitor finds what another has put into it', async () => {
    const clock = manualClock();
    const store = new MapStore(clock);
    const initial = { name: 'new', cart: { items: [] } };
    const { browser, sessions } = surround(
      createSessions({ store, clock, schema, initial }, { digest: nodeDigest }),
      store,
      clock,
    );
    const [ann, eve] = [browser(), browser()];
    await ann.write({ name: 'Ann' });
    plant(store, '{"name":"Ann"}');
    const annsId = store.only.id;
    await ann.visit((session) => session.cart.items.push('a secret'));
    await eve.write({ name: 'Eve' });
    for (const [id, record] of store.records) {
      if (id !== annsId) store.records.set(id, { ...record, body: record.body.replace(/\n.*$/s, '\n{"name":"Eve"}') });
    }
    (await sessions.find(annsId))?.data.cart.items.push('another');

    expect(await eve.read()).toEqual({ name: 'Eve', cart: { items: [] } });
    expect(await browser().read()).toEqual(initial);
    expect(await ann.read()).toEqual({ name: 'Ann', cart: { items: ['a secret'] } });
  });
});

test('a Map that the schema fills in is each session’s own', async () => {
  const clock = manualClock();
  const store = new MapStore(clock);
  const seen = z.object({ books: z.map(z.string(), z.number()) }).default({ books: new Map() });
  const schema = z.object({ name: z.string().optional(), seen });
  const sessions = createSessions({ store, clock, schema, codec: devalue }, { digest: nodeDigest });
  const { browser } = surround(sessions, store, clock);
  const ann = browser();
  await ann.write({ name: 'Ann' });
  plant(store, devalue.stringify({ name: 'Ann' }));
  await ann.visit((session) => session.seen.books.set('a secret', 1));

  expect(await ann.read()).toEqual({ name: 'Ann', seen: { books: new Map([['a secret', 1]]) } });
  expect(await browser().read()).toEqual({ seen: { books: new Map() } });
});

describe.each([
  [
    'Zod',
    z.object({
      cart: z
        .object({ items: z.array(z.string()) })
        .refine(({ items }) => items.length > 0)
        .catch({ items: [] }),
    }),
  ],
  [
    'Valibot',
    v.object({
      cart: v.fallback(v.object({ items: v.pipe(v.array(v.string()), v.minLength(1)) }), { items: [] }),
    }),
  ],
] as const)('what the schema puts in the place of equal data that it refuses, by %s', (_, schema) => {
  test('is each session’s own', async () => {
    const clock = manualClock();
    const store = new MapStore(clock);
    const initial = { cart: { items: ['a book'] } };
    const { browser } = surround(
      createSessions({ store, clock, schema, initial }, { digest: nodeDigest }),
      store,
      clock,
    );
    const [ann, eve] = [browser(), browser()];
    await ann.write({ cart: { items: [] } });
    await eve.write({ cart: { items: [] } });
    await ann.visit((session) => session.cart.items.push('a secret'));

    expect(await eve.read()).toEqual({ cart: { items: [] } });
    expect(await ann.read()).toEqual({ cart: { items: ['a secret'] } });
  });
});

test('what the schema fills in for a merge rule is that merge’s own', async () => {
  const clock = manualClock();
  const store = new MapStore(clock);
  const tags = z.object({ list: z.array(z.string()) }).default({ list: [] });
  const schema = z.object({ visits: z.number().default(0), prefs: z.object({ tags }).optional() });
  const merge: MergeRules<z.infer<typeof schema>> = {
    prefs: (_base, mine, theirs) => {
      mine?.tags.list.push(...(theirs?.tags.list ?? []));
      return mine;
    },
  };
  const { browser } = surround(createSessions({ store, clock, schema, merge }, { digest: nodeDigest }), store, clock);
  const [ann, eve] = [browser(), browser()];
  await ann.write({ visits: 1 });
  const [first, second] = [await ann.open(), await ann.open()];
  first.session.prefs = { tags: { list: ['a secret'] } };
  Object.assign(second.session, { prefs: {} });
  await ann.finish(first);
  await ann.finish(second);
  await eve.visit((session) => Object.assign(session, { prefs: {} }));

  expect(await ann.read()).toEqual({ visits: 1, prefs: { tags: { list: ['a secret'] } } });
  expect(await eve.read()).toEqual({ visits: 0, prefs: { tags: { list: [] } } });
});

describe.each([
  ['at once', (schema: z.ZodObject) => schema],
  ['with promises', (schema: z.ZodObject) => schema.refine(async () => true)],
] as const)('a schema that makes a Date of its text again, answering %s', (_, complete) => {
  const schema = z.object({
    since: z.coerce.date().default(() => new Date(7)),
    at: z.coerce.date().optional(),
    seen: z.array(z.object({ on: z.coerce.date() })).optional(),
  });

  function createDated(merge: MergeRules<z.infer<typeof schema>> = {}) {
    const clock = manualClock();
    const store = new MapStore(clock);
    const whole = complete(schema) as unknown as typeof schema;
    const options = { store, clock, codec: jsonCodec, schema: whole, merge };
    return surround(createSessions(options, { digest: nodeDigest }), store, clock);
  }

  test('has made it of what a handler finds in a new session, however that begins', async () => {
    const { browser } = createDated();
    await browser().visit(async (session) => {
      expect(session.since).toEqual(new Date(7));
      session.at = new Date(0);
      await session.regenerate();
      expect(session.since).toEqual(new Date(7));
      session.since = new Date(8);
      await session.reload();
      await session.login('ann');
      session.since = new Date(9);
      await session.login('bob');
      expect(session.since).toEqual(new Date(9));
    });
  });

  test('has made it of what another request has stored meanwhile', async () => {
    const { browser } = createDated();
    const visitor = browser();
    await visitor.write({ at: new Date(0) });
    const exchange = await visitor.open();
    exchange.session.since = new Date(1);
    await visitor.copy().write({ at: new Date(2), seen: [{ on: new Date(3) }] });
    await exchange.session.save();
    expect({ ...exchange.session }).toEqual({ since: new Date(1), at: new Date(2), seen: [{ on: new Date(3) }] });
  });

  test('has made it of what a merge rule is given', async () => {
    const latest = (...dates: (Date | undefined)[]) =>
      new Date(Math.max(...dates.map((date) => date?.getTime() ?? Number.NEGATIVE_INFINITY)));
    const { browser } = createDated({ at: (_base, mine, theirs) => latest(mine, theirs) });
    const visitor = browser();
    await visitor.write({ at: new Date(0) });
    const exchange = await visitor.open();
    exchange.session.at = new Date(1);
    await visitor.copy().write({ at: new Date(2) });
    await visitor.finish(exchange);
    expect(await visitor.read()).toMatchObject({ at: new Date(2) });
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

  test('carries what JSON does not, and the same data is no change', async () => {
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

  test('union: elements are the same if the codec writes them alike', async () => {
    const site = createSite({ codec, merge: { list: 'union' } });
    const browser = site.browser();
    await browser.write({ list: [new Set([1])] });
    const exchange = await browser.open();
    (exchange.session.list as unknown[]).push(new Set([2]), 4n);
    await browser.copy().visit((session) => (session.list as unknown[]).push(new Set([3]), 4n));
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({ list: [new Set([1]), new Set([3]), 4n, new Set([2])] });
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

describe('a codec that replaces another', () => {
  const codecs = {
    JSON: jsonCodec,
    devalue: { stringify: devalue.stringify, parse: devalue.parse },
    superjson: { stringify: superjson.stringify, parse: superjson.parse },
  } satisfies Record<string, Codec>;
  type Name = keyof typeof codecs;

  /** What a server with one codec makes of a session that a server with the other has stored. */
  async function readByAnother(before: Name, after: Name, name = 'sid'): Promise<object> {
    const old = createSite({ codec: codecs[before] });
    const browser = old.browser();
    await browser.write({ name: 'Ann' });
    const visitor = createSite({ codec: codecs[after], cookie: { name } }, old).browser();
    for (const cookie of browser.cookies) visitor.cookies.set(...cookie);
    return visitor.read();
  }

  test.each<[Name, Name]>([
    ['JSON', 'devalue'],
    ['JSON', 'superjson'],
    ['devalue', 'JSON'],
    ['devalue', 'superjson'],
    ['superjson', 'devalue'],
  ])('from %s to %s: opens no older session', async (before, after) => {
    expect(await readByAnother(before, after)).toEqual({});
  });

  test('from superjson to JSON: takes the wrapping for data, unless the cookie has another name', async () => {
    expect(await readByAnother('superjson', 'JSON')).toEqual({ json: { name: 'Ann' } });
    expect(await readByAnother('superjson', 'JSON', 'sid2')).toEqual({});
  });
});

/** superjson drops functions in silence; an application may add a check, as `Codec.check` allows. */
function refuseFunctions(codec: Codec): Codec['stringify'] {
  return (data) => {
    if (Object.values(data).some((value) => typeof value === 'function')) throw new TypeError('a function');
    return codec.stringify(data);
  };
}
