import { inspect } from 'node:util';
import { createSessions, SessError, type SessionRecord } from '@sess/core';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { amendBody } from './support/amend-body.js';
import { Browser } from './support/browser.js';
import { nodeDigest } from './support/node-digest.js';
import { createSite, surround } from './support/site.js';

const minute = 60_000;
const validId = '0123456789abcdefghjk';
const validSecret = 'S'.repeat(32);

/** Replaces the body of the only record. */
function plant(site: ReturnType<typeof createSite>, body: unknown): SessionRecord {
  const record = { ...site.store.only, body } as SessionRecord;
  site.store.records.set(record.id, record);
  return record;
}

const showBigint = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** What a request with this `Cookie` header sees; fails if it throws or writes. */
async function open(site: ReturnType<typeof createSite>, cookie: string): Promise<object> {
  site.store.calls = [];
  const exchange = await site.sessions.open({ cookie, https: true });
  const data = { ...exchange.session };
  const head = await exchange.commit();
  expect(site.store.writes).toEqual([]);
  expect(head?.setCookie).toBeUndefined();
  return data;
}

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  vi.unstubAllGlobals();
  // Files share modules, and one's pool of random bytes may hold what a stub has put there.
  vi.resetModules();
});

describe('fixation', () => {
  test.each(['unsigned', 'signed'])('S2: a token that the attacker made up is never adopted: %s', async (kind) => {
    const site = createSite(kind === 'signed' ? { secret: 'key' } : {});
    const victim = site.browser();
    const chosen = `${validId}.${validSecret}${kind === 'signed' ? `.${'s'.repeat(43)}` : ''}`;
    victim.token = chosen;
    await victim.visit((session) => session.login('victim'));
    expect(site.store.only.id).not.toBe(validId);
    expect(victim.token).not.toContain(validSecret);
    const attacker = site.browser();
    attacker.token = chosen;
    expect(await attacker.isKnown()).toBe(false);
  });

  test('S2, D4: a session that the attacker has begun is not theirs any more once the victim has logged in with it', async () => {
    const site = createSite();
    const attacker = site.browser();
    await attacker.write({ planted: true });
    const victim = site.browser();
    victim.token = attacker.token;
    await victim.visit((session) => session.login('victim'));
    expect(await attacker.isKnown()).toBe(false);
    expect(await victim.isKnown()).toBe(true);
  });

  test.each(['expired', 'destroyed'])('S2: an id that was once ours and is %s is not taken up again', async (how) => {
    const site = createSite();
    const attacker = site.browser();
    await attacker.write({ planted: true });
    const { id } = site.store.only;
    const victim = attacker.copy();
    if (how === 'expired') site.clock.advance(60 * minute);
    else await site.sessions.revoke(id);
    await victim.visit((session) => {
      expect(session.id).not.toBe(id);
      return session.login('victim');
    });
    expect(site.store.only.id).not.toBe(id);
    expect(await attacker.isKnown()).toBe(false);
    expect(await victim.read()).toEqual({});
  });
});

describe('sentinel ids', () => {
  const sentinels = [
    '',
    'null',
    'undefined',
    '0',
    'NaN',
    '[object Object]',
    '__proto__',
    'constructor',
    'toString',
    '*',
  ];
  test.each(sentinels)('%o as token or id opens nothing and is not looked up', async (sentinel) => {
    const site = createSite();
    await site.browser().write({ name: 'Ann' });
    for (const cookie of [
      `sid=${sentinel}`,
      `sid=${sentinel}.`,
      `sid=${sentinel}.${validSecret}`,
      `${sentinel}=${sentinel}`,
      sentinel,
    ]) {
      expect(await open(site, cookie)).toEqual({});
      expect(site.store.calls).toEqual([]);
    }
  });
});

describe('id injection', () => {
  test.each([
    ['CR LF', `${validId.slice(2)}\r\n`],
    ['NUL', `${validId.slice(1)}\0`],
    ['a colon', `${validId.slice(5)}:sess`],
    ['a glob', `${validId.slice(1)}*`],
    ['a path', `../../../etc/passwd`.padEnd(20, 'a').slice(0, 20)],
    ['a backslash', `..\\${validId.slice(3)}`],
    ['1 MB', 'a'.repeat(1_000_000)],
    ['invalid UTF-8, as Node hands it on', `${validId.slice(1)}\u00ff`],
    ['half a surrogate pair', `${validId.slice(1)}\ud800`],
    ['upper case, for file systems that fold it', validId.toUpperCase()],
  ])('%s never reaches the store', async (_, id) => {
    const site = createSite();
    expect(await open(site, `sid=${id}.${validSecret}`)).toEqual({});
    expect(site.store.calls).toEqual([]);
  });
});

describe('cookie parsing, S4', () => {
  test('no header makes open or commit throw, or write', async () => {
    const site = createSite({ secret: 'key' });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const token = browser.token ?? '';
    const piece = fc.oneof(
      fc.constantFrom('sid', '=', ';', ' ', '"', ',', '\t', '%', token, token.slice(0, 53), 'sid=', '\0', '\r\n', '.'),
      fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const data = await open(site, pieces.join(''));
        expect([{}, { name: 'Ann' }]).toContainEqual(data);
      }),
      { numRuns: 300 },
    );
  });

  test('the work goes with the length of the header, not with its square', async () => {
    const site = createSite();
    const shapes = [' ', ';', 'sid=', 'sid=; ', 'sid', '"', 'a=b; ', 'sid=\t ', '=sid'];
    const measure = async (length: number) => {
      const before = process.cpuUsage();
      for (const shape of shapes) await open(site, shape.repeat(Math.ceil(length / shape.length)));
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    await measure(1 << 18);
    const best = async (length: number) =>
      Math.min(await measure(length), await measure(length), await measure(length));
    // Processor time, which a busy machine does not stretch. Sixteen times the length: linear work takes 16 times as long, quadratic work 256 times.
    expect(await best(1 << 22)).toBeLessThan(100 * (await best(1 << 18)) + 100_000);
  });

  test('attribute injection: no cookie of the request comes back in a response', async () => {
    const site = createSite();
    const exchange = await site.sessions.open({
      cookie: 'sid=x; Domain=evil.example; Path=/x\r\nSet-Cookie: a=b',
      https: true,
    });
    exchange.session.name = '; Domain=evil.example\r\n';
    const head = await exchange.commit();
    expect(head?.setCookie).toMatch(/^sid=[\w.-]{53}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  });
});

describe('prefix spoofing', () => {
  test.each([
    '%5F_Host-sid',
    '_%5FHost-sid',
    '\u2000__Host-sid',
    '\u00a0__Host-sid',
    '__host-sid',
    '__Host__sid',
    'Host-sid',
    '',
  ])('a cookie called %o is not taken for __Host-sid', async (name) => {
    const site = createSite({ cookie: { secure: true } });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    expect(browser.cookies.has('__Host-sid')).toBe(true);
    expect(await open(site, `${name}=${browser.token}`)).toEqual({});
    expect(await open(site, `${name}=__Host-sid=${browser.token}`)).toEqual({});
    expect(await open(site, `a=b; __Host-sid=${browser.token}`)).toEqual({ name: 'Ann' });
  });
});

describe('crypto fallback', () => {
  test('every token that is cut, lengthened, changed, signed by another key or stripped of its signature is refused unread', async () => {
    const site = createSite({ secret: ['new', 'old'] });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const token = browser.token ?? '';
    const stranger = createSite({ secret: 'stranger' }).browser();
    await stranger.write({ name: 'Eve' });
    const [id, secret, signature] = token.split('.');
    const forged = [
      `${id}.${secret}`,
      `${id}.${secret}.`,
      `${id}.${secret}.${stranger.token?.split('.')[2]}`,
      `${id}.${secret}.${'A'.repeat(43)}`,
      `${id}.${validSecret}.${signature}`,
      `${validId}.${secret}.${signature}`,
      `${token}.${signature}`,
      `s:${token}`,
      stranger.token ?? '',
      ...Array.from(token, (_, at) => token.slice(0, at)),
      ...Array.from(
        token,
        (character, at) => token.slice(0, at) + (character === 'a' ? 'b' : 'a') + token.slice(at + 1),
      ),
    ];
    for (const attempt of forged) {
      expect(await open(site, `sid=${attempt}`)).toEqual({});
      expect(site.store.calls).toEqual([]);
    }
    expect(await open(site, `sid=${token}`)).toEqual({ name: 'Ann' });
  });

  test('without keys a secret that is wrong in any one character opens nothing', async () => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const token = browser.token ?? '';
    for (let at = 21; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === 'a' ? 'b' : 'a') + token.slice(at + 1);
      expect(await open(site, `sid=${changed}`)).toEqual({});
    }
    expect(site.eventsOf('refused').every(({ reason }) => reason === 'superseded')).toBe(true);
  });
});

describe('timing', () => {
  test('the store is asked by id alone: how far a guessed secret is right shows in no call', async () => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const [id, secret = ''] = browser.token?.split('.') ?? [];
    for (const guess of [validSecret, `${secret.slice(0, 31)}_`, secret]) {
      await open(site, `sid=${id}.${guess}`);
      expect(site.store.calls).toEqual([{ operation: 'read', arguments: [id] }]);
    }
  });
});

describe('predictable ids', () => {
  test('a random source that fails makes the request fail; nothing is stored', async () => {
    vi.resetModules();
    vi.stubGlobal('crypto', {
      subtle: crypto.subtle,
      getRandomValues() {
        throw new Error('no entropy');
      },
    });
    const fresh = await import('@sess/core');
    const { store, clock } = createSite();
    const sessions = fresh.createSessions({ store, clock }, { digest: nodeDigest });
    const exchange = await sessions.open({ cookie: undefined, https: true });
    exchange.session.name = 'Ann';
    await expect(async () => exchange.commit()).rejects.toThrow('no entropy');
    expect(store.calls).toEqual([]);
  });
});

describe('id collision', () => {
  test('two processes that draw the same id: the second draws again, and takes nothing from the first', async () => {
    vi.stubGlobal('crypto', {
      subtle: crypto.subtle,
      getRandomValues: (bytes: Uint8Array) => {
        for (let at = 0; at < bytes.length; at++) bytes[at] = at * 7 + (at >> 5) * 13;
        return bytes;
      },
    });
    const { store, clock } = createSite();
    const startProcess = async () => {
      vi.resetModules();
      const core = await import('@sess/core');
      return new Browser(core.createSessions({ store, clock }, { digest: nodeDigest }) as never);
    };
    const [first, second] = [await startProcess(), await startProcess()];
    await first.write({ name: 'Ann' } as never);
    await second.write({ name: 'Bob' } as never);
    const ids = store.calls.map((call) => (call.arguments[0] as SessionRecord).id);
    expect(store.operations).toEqual(['create', 'create', 'create']);
    expect([ids[0] === ids[1], ids[1] === ids[2]]).toEqual([true, false]);
    expect(await first.read()).toEqual({ name: 'Ann' });
    expect(await second.read()).toEqual({ name: 'Bob' });
  });
});

describe('poisoned store, S5', () => {
  const good = (site: ReturnType<typeof createSite>) => site.store.only.body;

  test.each<[string, (body: string) => unknown, string]>([
    ['no text at all', () => undefined, 'corrupt'],
    ['bytes', (body) => Buffer.from(body), 'corrupt'],
    ['an empty body', () => '', 'corrupt'],
    ['half a body', (body) => body.slice(0, body.length / 2), 'corrupt'],
    ['data cut short', (body) => body.slice(0, -1), 'corrupt'],
    ['no data', (body) => body.slice(0, body.indexOf('\n') + 1), 'corrupt'],
    ['data that are a list', (body) => body.replace(/\n.*/, '\n[1]'), 'corrupt'],
    ['data that are null', (body) => body.replace(/\n.*/, '\nnull'), 'corrupt'],
    ['data with reserved names', (body) => body.replace(/\n.*/, '\n{"id":"x","destroy":1}'), 'corrupt'],
    ['a foreign record', () => '{"cookie":{"path":"/"},"user":1}', 'corrupt'],
    ['a future version', (body) => body.replace('[1,', '[2,'), 'corrupt'],
    [
      'data nested 100,000 deep',
      (body) => body.replace(/\n.*/, `\n{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
      'corrupt',
    ],
    ['an envelope nested without end', (body) => `${'{"a":'.repeat(1000)}\n${body}`, 'corrupt'],
    ['an oversized envelope', (body) => body.replace('[[', `["${'x'.repeat(1_000_000)}",[`), 'corrupt'],
    ['secrets taken away', (body) => amendBody(body, () => ({ secrets: [] })), 'superseded'],
    ['a hash that is null', (body) => body.replace(/\[\["[^"]*"/, '[[null'), 'corrupt'],
    ['a hash that is empty', (body) => body.replace(/\[\["[^"]*"/, '[[""'), 'superseded'],
    ['a creation in the future of all time', (body) => body.replace(/\[1,\d+/, '[1,1e400'), 'corrupt'],
    ['a creation long ago', (body) => amendBody(body, () => ({ createdAt: 0 })), 'expired'],
  ])('%s: no session, no error, an event, and the record is left as it is', async (_, poison, reason) => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const planted = plant(site, poison(good(site)));
    expect(await open(site, browser.header ?? '')).toEqual({});
    expect(site.eventsOf('refused')).toMatchObject([{ reason, at: 'open' }]);
    expect(site.store.records.get(planted.id)).toBe(planted);
  });

  test.each([[Number.NaN], [undefined], [null], ['soon'], [-1]])(
    'an expiry of %o never lets a session live for ever',
    async (expiresAt) => {
      const site = createSite();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      const record = { ...site.store.only, expiresAt } as SessionRecord;
      site.store.read = () => record;
      expect((await browser.open()).isNew).toBe(true);
      expect(site.eventsOf('refused')).toMatchObject([{ reason: 'expired' }]);
    },
  );

  test('an oversized record is read like any other', async () => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ big: 'x'.repeat(2_000_000) });
    expect(Object.keys(await browser.read())).toEqual(['big']);
  });

  test('a record poisoned between open and commit is not overwritten', async () => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const exchange = await browser.open();
    exchange.session.name = 'Bob';
    site.store.records.set(site.store.only.id, { ...site.store.only, version: 9, body: 'foreign' });
    await browser.finish(exchange);
    expect(site.store.only.body).toBe('foreign');
    expect(site.eventsOf('refused')).toMatchObject([{ reason: 'corrupt', at: 'commit' }]);
  });

  test('a record under the id of another does not open for that one’s token', async () => {
    const site = createSite();
    const [ann, eve] = [site.browser(), site.browser()];
    await ann.write({ name: 'Ann' });
    await eve.write({ name: 'Eve' });
    const read = site.store.read.bind(site.store);
    const annsId = ann.token?.split('.')[0] ?? '';
    site.store.read = () => read(annsId);
    expect(await eve.isKnown()).toBe(false);
  });
});

describe('prototype pollution', () => {
  test('by stored data, plain, nested or escaped', async () => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const { body } = site.store.only;
    for (const data of [
      '{"__proto__":{"polluted":1},"a":1}',
      '{"a":{"__proto__":{"polluted":1}}}',
      '{"\\u005f_proto__":{"polluted":1}}',
      '{"constructor":{"prototype":{"polluted":1}}}',
    ]) {
      plant(site, body.replace(/\n.*/, `\n${data}`));
      const exchange = await browser.open();
      expect(exchange.isNew).toBe(false);
      expect((exchange.session as { polluted?: unknown }).polluted).toBeUndefined();
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      exchange.session.own = 1;
      await exchange.commit();
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    }
  });

  test('by what a handler copies from a request body', async () => {
    const site = createSite();
    const hostile = JSON.parse('{"__proto__":{"admin":true}}');
    await site.browser().visit((session) => {
      expect(() => Object.assign(session, hostile)).toThrow('session.__proto__ is reserved');
      expect(() => session.replace(hostile)).toThrow('session.__proto__ is reserved');
      session.form = hostile;
      expect(session.admin).toBeUndefined();
    });
    const browser = site.browser();
    await browser.write({ form: hostile });
    const data = (await browser.read()) as { form: { admin?: unknown } };
    expect(Object.hasOwn(data.form, '__proto__')).toBe(false);
    expect(data.form.admin).toBeUndefined();
  });

  test('by merging with hostile stored data', async () => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const exchange = await browser.open();
    exchange.session.mine = 1;
    const record = site.store.only;
    const body = record.body.replace(
      /\n.*/,
      '\n{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    );
    site.store.records.set(record.id, { ...record, version: 2, body });
    await browser.finish(exchange);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(site.store.only.body).not.toContain('__proto__');
  });

  test.each(['__proto__', 'constructor', 'toString'])('%s as the cookie’s name is a name', async (name) => {
    const site = createSite({ cookie: { name } });
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    expect(await browser.read()).toEqual({ name: 'Ann' });
  });
});

describe('store filling, S3', () => {
  test('zero writes for a flood of made-up, untouched and logged-out visits', async () => {
    const site = createSite();
    await site.sessions.open({ cookie: undefined, https: true });
    const exchangeOf = (cookie: string | undefined) => site.sessions.open({ cookie, https: true });
    for (let i = 0; i < 300; i++) {
      const id = String(i).padStart(20, '0');
      for (const cookie of [`sid=${id}.${validSecret}`, `sid=junk${i}`, undefined]) {
        const exchange = await exchangeOf(cookie);
        if (i % 3 === 1) void exchange.session.name;
        if (i % 3 === 2) void exchange.session.destroy();
        await exchange.commit();
      }
    }
    expect(site.store.writes).toEqual([]);
    expect(site.store.records.size).toBe(0);
  });

  test('zero calls for a flood of forged visits, with a key', async () => {
    const site = createSite({ secret: 'key' });
    for (let i = 0; i < 100; i++) {
      await open(site, `sid=${String(i).padStart(20, '0')}.${validSecret}.${'s'.repeat(43)}`);
      expect(site.store.calls).toEqual([]);
    }
  });

  test('one touch a minute for a flood of visits of one session', async () => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    site.store.calls = [];
    for (let i = 0; i < 600; i++) {
      site.clock.advance(200);
      await browser.visit();
    }
    expect(site.store.writes.map(({ operation }) => operation)).toEqual(['touch', 'touch']);
  });
});

describe('a listener throws', () => {
  test('D3: destroy holds, by whatever name the session ends', async () => {
    const site = createSite({ maxPerSubject: 1 });
    for (const listener of [
      () => {
        throw new Error('thrown');
      },
      async () => {
        throw new Error('rejected');
      },
      () => {
        throw null;
      },
    ]) {
      site.sessions.on('destroyed', listener);
    }
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    await browser.visit((session) => session.destroy());
    expect(browser.token).toBeUndefined();
    await browser.visit((session) => session.login('ann'));
    site.clock.advance(1);
    await site.browser().visit((session) => session.login('ann'));
    await site.sessions.revokeAll('ann');
    expect(site.store.records.size).toBe(0);
  });
});

describe('logout leaves auth', () => {
  test('D1: the old cookie, replayed at any time and place, is anonymous', async () => {
    const site = createSite({ secret: 'key' });
    const browser = site.browser();
    await browser.visit((session) => session.login('ann'));
    const { header = '' } = browser;
    await browser.visit((session) => session.destroy());
    for (let i = 0; i < 3; i++) {
      const exchange = await site.sessions.open({ cookie: header, https: true });
      expect([exchange.session.subject, exchange.session.authenticatedAt, exchange.session.isNew]).toEqual([
        undefined,
        undefined,
        true,
      ]);
      site.clock.advance(-minute);
    }
  });
});

describe('rotation crash', () => {
  test.each(['before', 'after'] as const)(
    'a store that fails %s it has stored the new secret leaves exactly one usable token, data intact',
    async (when) => {
      const site = createSite();
      const browser = site.browser();
      await browser.write({ name: 'Ann' });
      const update = site.store.update.bind(site.store);
      site.store.update = (record, ifVersion) => {
        if (when === 'after') void update(record, ifVersion);
        throw new Error('crash');
      };
      await expect(browser.visit((session) => session.rotate())).rejects.toBeInstanceOf(SessError);
      site.store.update = update;
      site.clock.advance(10 * minute);
      expect(await browser.read()).toEqual({ name: 'Ann' });
      expect(site.store.records.size).toBe(1);
    },
  );
});

describe('shared-cache leak', () => {
  test('what sets a cookie is not stored by any cache; what looked at the session varies by cookie', async () => {
    const site = createSite({ cookie: { maxAge: '1h' } });
    const browser = site.browser();
    for (const act of ['save', 'rotate', 'touch', 'regenerate', 'destroy'] as const) {
      const head = await browser.visit((session) => session[act]());
      expect(head).toMatchObject({ noStore: true, vary: 'Cookie', setCookie: expect.any(String) });
    }
    expect(await site.browser().visit((session) => void session.name)).toEqual({ vary: 'Cookie' });
  });
});

describe('token in logs, S1', () => {
  /** A site whose every utterance is kept: records, calls, events, errors, and objects as a logger would show them. */
  async function live(): Promise<{ readonly secrets: readonly string[]; readonly uttered: string }> {
    const site = createSite({ secret: ['canary-key-1', 'canary-key-2'], rotateEvery: '1m', cookie: { maxAge: '1h' } });
    const browser = site.browser();
    const tokens: string[] = [];
    const shown: unknown[] = [site.sessions];
    const visit = async (act: (session: Awaited<ReturnType<typeof browser.open>>['session']) => unknown) => {
      tokens.push(browser.token ?? '');
      const exchange = await browser.open().catch((error) => void shown.push(error));
      if (exchange === undefined) return;
      shown.push(exchange, exchange.session);
      try {
        await act(exchange.session);
        await browser.finish(exchange);
      } catch (error) {
        shown.push(error);
      }
      shown.push({ ...exchange.session }, JSON.stringify(exchange.session, showBigint));
      tokens.push(browser.token ?? '');
    };
    await visit((session) => session.save());
    await visit((session) => session.login('ann'));
    site.clock.advance(2 * minute);
    await visit((session) => Object.assign(session, { name: 'Ann' }));
    await visit((session) => session.rotate());
    await visit((session) => session.regenerate({ keep: ['name'] }));
    await visit((session) => Object.assign(session, { bad: 1n }));
    shown.push(await site.sessions.list('ann'), await site.sessions.find(site.store.only.id));
    for (const operation of ['read', 'update', 'touch', 'destroy']) {
      site.store.before = (call) => {
        if (call.operation === operation) throw new Error('down');
      };
      site.clock.advance(5 * minute);
      await visit((session) => Object.assign(session, { n: operation }));
      await visit((session) => session.destroy());
    }
    site.store.before = () => {};
    const stolen = browser.copy();
    browser.token = tokens.find((token) => token !== '');
    await visit(() => {});
    browser.token = stolen.token;
    browser.token = `${browser.token?.slice(0, -1)}_`;
    await visit(() => {});
    browser.token = stolen.token;
    await visit((session) => session.destroy());
    await visit((session) => session.save());

    const options = {
      depth: Number.POSITIVE_INFINITY,
      showHidden: true,
      getters: true,
      showProxy: true,
      maxStringLength: null,
    } as const;
    const uttered = [
      ...shown.map((value) => inspect(value, options)),
      ...shown.map((value) => (value instanceof Error ? `${value.stack} ${JSON.stringify(value)}` : '')),
      inspect(site.events, options),
      inspect(site.store.calls, options),
      inspect(site.store.records, options),
    ].join('\n');
    const secrets = tokens.flatMap((token) => token.split('.').slice(1)).filter(Boolean);
    return { secrets: [...new Set(secrets)], uttered };
  }

  test('no secret, signature or key is in any record, key, event, error, or object as a logger shows it', async () => {
    const { secrets, uttered } = await live();
    expect(secrets.length).toBeGreaterThan(8);
    for (const secret of [...secrets, 'canary-key']) expect(uttered).not.toContain(secret);
    // What is uttered is not nothing.
    expect(uttered).toContain('ERR_SESS_STORE');
    expect(uttered).toContain('ERR_SESS_DATA');
    expect(uttered).toMatch(/\[\["[\w-]{43}",\d+\]/);
  });

  test('promise 5: whoever reads the store can make no cookie of what is there', async () => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ name: 'Ann' });
    const { id, body } = site.store.only;
    const texts = body.match(/[\w-]{32,}/g) ?? [];
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) {
      expect(await open(site, `sid=${id}.${text}`)).toEqual({});
      expect(await open(site, `sid=${id}.${text.slice(0, 32)}`)).toEqual({});
    }
  });
});

describe('expiry not enforced', () => {
  test('a store that ignores expiry in every method: expired sessions are neither opened, listed, kept nor extended', async () => {
    const site = createSite({ idleTimeout: '1h' });
    const browser = site.browser();
    await browser.visit((session) => session.login('ann'));
    const record = site.store.only;
    const exchange = await browser.open();
    site.clock.advance(60 * minute);
    const writes: string[] = [];
    Object.assign(site.store, {
      read: () => record,
      list: () => [record],
      update: () => {
        writes.push('update');
        return { outcome: 'updated' };
      },
      touch: () => {
        writes.push('touch');
        return 'touched';
      },
    });
    expect(await browser.isKnown()).toBe(false);
    expect(await site.sessions.list('ann')).toEqual([]);
    expect(await site.sessions.find(record.id)).toBeUndefined();
    exchange.session.late = 1;
    await exchange.commit();
    expect(writes).toEqual([]);
  });
});

describe('wrong-schema records', () => {
  test('are refused and left alone, so that the version that wrote them still reads them', async () => {
    const site = createSite();
    const browser = site.browser();
    await browser.write({ name: 7 });
    const strict = createSessions(
      { store: site.store, clock: site.clock, schema: z.object({ name: z.string().optional() }) },
      { digest: nodeDigest },
    );
    const visitor = new Browser(strict);
    visitor.token = browser.token;
    const seen = surround(strict, site.store, site.clock);
    expect(await visitor.isKnown()).toBe(false);
    expect(seen.eventsOf('refused')).toMatchObject([{ reason: 'schema' }]);
    expect(await browser.read()).toEqual({ name: 7 });
  });
});
