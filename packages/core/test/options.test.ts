import { createSessions, manualClock, type SessionOptions, systemClock } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MapStore, withoutAbilities } from './support/map-store.js';
import { createSite, surround } from './support/site.js';

const clock = manualClock();
const store = new MapStore(clock);

const construct = (options: object) => createSessions({ store, clock, ...options } as SessionOptions);

describe('bad configuration throws ERR_SESS_CONFIG at construction, and says what to do', () => {
  test.each<[string, object, RegExp]>([
    ['no store', { store: undefined }, /store has no create, read, update, touch, destroy\. Give a session store/],
    ['a store without update', { store: { ...withoutAbilities(store), update: undefined } }, /store has no update\./],
    [
      'a store for express-session',
      { store: { get() {}, set() {}, destroy() {}, touch() {} } },
      /It looks like a store for express-session, whose `set` can revive a destroyed session; use one of @sess\/store-\*/,
    ],
    [
      'an empty secret',
      { secret: '' },
      /secret holds an empty string; give a long random text, or leave the option out/,
    ],
    ['no keys', { secret: [] }, /secret is an empty list; give at least one key, or leave the option out/],
    [
      'a key that is missing',
      { secret: ['a', undefined] },
      /secret holds something of type undefined.*environment variable missing/,
    ],
    [
      'a secret that is missing',
      { secret: undefined },
      /secret holds something of type undefined.*environment variable missing/,
    ],
    ['a key that is null', { secret: null }, /secret holds something of type object/],
    ['one empty key of several', { secret: ['a', ''] }, /Is an environment variable empty/],
    [
      'a negative idle timeout',
      { idleTimeout: -1 },
      /idleTimeout is -1; it takes milliseconds \(60000\) or a text such as '30m'/,
    ],
    ['an idle timeout that is no duration', { idleTimeout: 'soon' }, /idleTimeout is "soon"/],
    ['an idle timeout of nothing', { idleTimeout: '0s' }, /idleTimeout is "0s"; it must be longer than 0 ms/],
    ['a negative absolute timeout', { absoluteTimeout: '-1h' }, /absoluteTimeout is "-1h"/],
    [
      'touches too seldom',
      { idleTimeout: '1m', touchEvery: '1m' },
      /touchEvery \(60000 ms\) is not shorter than idleTimeout/,
    ],
    ['a maxAge that is none', { cookie: { maxAge: 0 } }, /cookie\.maxAge is 0; it must be longer than 0 ms/],
    ['a negative maxAge', { cookie: { maxAge: -60_000 } }, /cookie\.maxAge is -60000/],
    [
      'maxAge and idleTimeout',
      { cookie: { maxAge: 60_000 }, idleTimeout: '1h' },
      /cookie\.maxAge and idleTimeout say the same thing\. Keep idleTimeout, with cookie\.persistent: true/,
    ],
    ['SameSite=None without Secure', { cookie: { sameSite: 'none' } }, /needs cookie\.secure: true/],
    [
      '__Host- with a domain',
      { cookie: { name: '__Host-a', secure: true, domain: 'a.example' } },
      /allows no cookie\.domain/,
    ],
    ['an empty storeTimeout', { storeTimeout: 0 }, /storeTimeout is 0; it must be longer than 0 ms/],
    ['rotateEvery of nothing', { rotateEvery: 0 }, /rotateEvery is 0; it must be longer/],
    ['rotateEvery true', { rotateEvery: true }, /rotateEvery is true/],
    ['a negative grace', { rotateGrace: -1 }, /rotateGrace is -1/],
    ['sweepEvery as text', { sweepEvery: 'never' }, /sweepEvery is "never"/],
    ['sweepEvery on a store that needs none', { store: withoutAbilities(store), sweepEvery: -1 }, /sweepEvery is -1/],
    ['maxPerSubject 0', { maxPerSubject: 0 }, /maxPerSubject is 0; it takes a whole number from 1/],
    ['maxPerSubject as a fraction', { maxPerSubject: 1.5 }, /maxPerSubject is 1\.5/],
    ['maxPerSubject as text', { maxPerSubject: '3' }, /maxPerSubject is 3; it takes a whole number/],
    ['maxPerSubject null', { maxPerSubject: null }, /maxPerSubject is undefined; it takes a whole number/],
    [
      'maxPerSubject without onLimit',
      { maxPerSubject: { max: 3 } },
      /onLimit is undefined; it takes 'evict' or 'deny'/,
    ],
    [
      'maxPerSubject without a subject index',
      { store: withoutAbilities(store), maxPerSubject: 3 },
      /maxPerSubject needs a store that can list a subject's sessions; this one has no `list`/,
    ],
    ['onStoreError ignore', { onStoreError: 'ignore' }, /onStoreError is "ignore"; it takes 'throw' or 'anonymous'/],
    ['clearSiteData as text', { clearSiteData: 'cookies' }, /clearSiteData is "cookies"; it takes a list of 'cache'/],
    ['header injection by clearSiteData', { clearSiteData: ['"\r\nX: y'] }, /it takes a list of/],
    [
      'a codec that cannot read',
      { codec: JSON.stringify },
      /codec has no stringify and parse; .* such as devalue or superjson/,
    ],
    ['a codec that is null', { codec: null }, /codec has no stringify and parse/],
    [
      'a schema of an older Zod',
      { schema: { parse() {}, _def: {} } },
      /schema does not follow Standard Schema .* Zod has it from 3\.24 on/,
    ],
    ['a schema that is null', { schema: null }, /schema does not follow Standard Schema/],
    [
      'a merge rule there is not',
      { merge: { count: 'sum' } },
      /merge\.count is "sum"; it takes 'last', 'counter', 'union', 'max', 'reject' or a function/,
    ],
    ['merge as text', { merge: 'last' }, /merge is no object/],
    ['merge as a list', { merge: [] }, /merge is no object; give \{ key: rule \}/],
    ['a cookie that is null', { cookie: null }, /cookie is null; it takes an object, such as/],
    ['a clock that is none', { clock: {} }, /clock has no now and after; give a clock with both/],
    ['a clock that is null', { clock: null }, /clock has no now and after/],
    [
      'initial that is a number',
      { initial: 5 },
      /initial is a number; it takes an object, or a function that answers one/,
    ],
    ['initial that is null', { initial: null }, /initial is null; it takes an object/],
    ['initial that is a list', { initial: [] }, /initial is an array; it takes an object/],
    ['initial that is a text', { initial: 'x' }, /initial is a string; it takes an object/],
    [
      'initial from a function that answers a list',
      { initial: () => [] },
      /initial\(\) is an array; it takes an object/,
    ],
    [
      'initial from an asynchronous function',
      { initial: async () => ({}) },
      /initial\(\) is a promise; it takes an object/,
    ],
    [
      'a reserved name in initial',
      { initial: { id: 7 } },
      /initial: the name of the field id is reserved by Session; choose another/,
    ],
    ['a reserved name in initial from a function', { initial: () => ({ save: 1 }) }, /field save is reserved/],
    [
      'a reserved name that the schema brings in',
      { schema: z.object({ subject: z.string().default('') }) },
      /schema: the name of the field subject is reserved/,
    ],
    [
      'initial data that JSON does not carry',
      { initial: { cart: new Map() } },
      /A new session's data cannot be stored: session\.cart is of class Map.* or give a codec/,
    ],
    ['a bigint in initial', { initial: { n: 1n } }, /session\.n is a bigint/],
    [
      'a default of the schema that JSON does not carry',
      { schema: z.object({ tags: z.set(z.string()).default(() => new Set<string>()) }) },
      /session\.tags is of class Set/,
    ],
    [
      'a schema that refuses an empty session',
      { schema: z.object({ name: z.string() }) },
      /The schema refuses an empty session: give `initial`\. session\.name: /,
    ],
    [
      'a schema that refuses its initial data',
      { schema: z.object({ name: z.string() }), initial: { name: 7 } },
      /The schema refuses `initial`\. session\.name: /,
    ],
    [
      'a schema that refuses what it has made itself',
      {
        schema: z.object({
          at: z
            .string()
            .default('abc')
            .transform((text) => text.length),
        }),
      },
      /The schema does not take back what it has made of a new session's data.*its own output.* session\.at: /,
    ],
    [
      'a schema that lets data grow at every load',
      {
        schema: z.object({
          name: z
            .string()
            .default('a')
            .transform((text) => `${text}!`),
        }),
      },
      /does not take back .* session\.name: the schema makes something else of it/,
    ],
    [
      'a reserved name that the schema renames',
      { schema: z.object({}).transform(() => ({ save: 1 })) },
      /schema: the name of the field save is reserved/,
    ],
    [
      'a schema that throws',
      {
        schema: {
          '~standard': {
            version: 1,
            vendor: 'x',
            validate: () => {
              throw new Error('broken');
            },
          },
        },
      },
      /the schema threw Error: broken/,
    ],
  ])('%s', (_, options, message) => {
    expect(() => construct(options)).toThrow(message);
    expect(() => construct(options)).toThrow(expect.objectContaining({ code: 'ERR_SESS_CONFIG', name: 'SessError' }));
  });

  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    ['memory', 'a string'],
  ])('options that are %o', (options, found) => {
    expect(() => createSessions(options as never)).toThrow(
      new RegExp(`The options are ${found}\\. Give an object: .* needs a store`),
    );
  });

  test('an asynchronous schema that refuses an empty session: every open says so, and nothing is unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const schema = z.object({ name: z.unknown().refine(async (name) => typeof name === 'string') });
    const sessions = construct({ schema });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    for (let i = 0; i < 2; i++) {
      await expect(async () => sessions.open({ cookie: undefined, https: true })).rejects.toMatchObject({
        code: 'ERR_SESS_CONFIG',
        message: expect.stringContaining('The schema refuses an empty session: give `initial`'),
      });
    }
  });
});

describe('what is written in the options', () => {
  test('never shows a key in an error', () => {
    try {
      construct({ secret: ['canary-key', ''] });
    } catch (error) {
      expect(String(error)).not.toContain('canary-key');
    }
    expect.assertions(1);
  });

  test('counts as it was at construction: changing the object later changes nothing', async () => {
    const keys = ['key'];
    const options = { secret: keys, cookie: { name: 'sid' }, maxPerSubject: { max: 1, onLimit: 'deny' as const } };
    const site = createSite(options as never);
    keys[0] = 'other';
    options.cookie.name = 'other';
    options.maxPerSubject.max = 100;
    const browser = site.browser();
    await browser.visit((session) => session.login('ann'));
    expect(browser.cookies.has('sid')).toBe(true);
    const again = createSite({ secret: 'key' }, { store: site.store, clock: site.clock }).browser();
    again.token = browser.token;
    expect(await again.isKnown()).toBe(true);
    await site.browser().visit(async (session) => {
      await expect(session.login('ann')).rejects.toMatchObject({ code: 'ERR_SESS_LIMIT' });
    });
  });

  test('without a clock the machine’s counts', async () => {
    const machineStore = new MapStore(systemClock);
    const sessions = createSessions({ store: machineStore });
    const exchange = await sessions.open({ cookie: undefined, https: true });
    exchange.session.name = 'Ann';
    await exchange.commit();
    expect(Math.abs(machineStore.only.expiresAt - Date.now() - 3_600_000)).toBeLessThan(60_000);
  });

  test('a function for `initial` is asked for every new session; its objects are not shared', async () => {
    const { ...site } = createSite({ initial: () => ({ cart: [] as number[] }) });
    const [first, second] = [await site.browser().open(), await site.browser().open()];
    (first.session.cart as number[]).push(1);
    expect(second.session.cart).toEqual([]);
  });

  test('an object for `initial` is copied for every new session', async () => {
    const initial = { cart: [] as number[] };
    const site = createSite({ initial });
    const [first, second] = [await site.browser().open(), await site.browser().open()];
    (first.session.cart as number[]).push(1);
    initial.cart.push(2);
    expect(second.session.cart).toEqual([]);
    expect((await site.browser().open()).session.cart).toEqual([]);
  });

  test('a default that the schema makes up is made up anew for every new session', async () => {
    const schema = z.object({ csrf: z.string().default(() => crypto.randomUUID()) });
    const emptyStore = new MapStore(clock);
    const site = surround(createSessions({ schema, store: emptyStore, clock }), emptyStore, clock);
    const [first, second] = [await site.browser().open(), await site.browser().open()];
    expect(first.session.csrf).not.toBe(second.session.csrf);
  });
});

describe('keys that the framework has', () => {
  const adapter = (keys: string | readonly string[] | undefined) => ({ readFallbackKeys: () => keys });

  test('sign where the options give no secret, and only there', async () => {
    const lengthOf = async (options: object, keys: string | readonly string[] | undefined) => {
      const browser = createSite(options, { adapter: adapter(keys) }).browser();
      await browser.write({ a: 1 });
      return browser.token?.length;
    };
    expect(await lengthOf({}, undefined)).toBe(53);
    expect(await lengthOf({}, 'framework')).toBe(97);
    expect(await lengthOf({ secret: 'mine' }, [])).toBe(97);
  });

  test('that cannot be used fail the first request that needs them', async () => {
    const browser = createSite({}, { adapter: adapter([]) }).browser();
    await expect(browser.write({ a: 1 })).rejects.toMatchObject({ code: 'ERR_SESS_CONFIG' });
  });
});
