import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SessionStore } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import Koa3 from 'koa';
import Koa2 from 'koa2';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { session } from '../src/index.js';

const frameworks = [
  ['Koa 3', Koa3],
  ['Koa 2', Koa2 as unknown as typeof Koa3],
] as const;

/** Serves an application until the test ends. */
async function serve(app: Koa3): Promise<string> {
  app.silent = true;
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function get(
  url: string,
  cookie = '',
): Promise<{ status: number; text: string; cookie: string; lines: string[] }> {
  const response = await fetch(url, { headers: { cookie } });
  const lines = response.headers.getSetCookie();
  const { status } = response;
  return { status, text: await response.text(), cookie: lines[0]?.split(';')[0] ?? cookie, lines };
}

describe.each(frameworks)('%s', (_, Koa) => {
  const createApp = (sessions = session({}), keys?: Koa3['keys']) => {
    const app = new Koa();
    if (keys !== undefined) app.keys = keys;
    app.use(sessions).use((ctx) => {
      if (ctx.path === '/in') ctx.session.name = 'Ada';
      if (ctx.path === '/out') ctx.session = null;
      if (ctx.path === '/replace') (ctx as { session: unknown }).session = { name: 'Eve' };
      ctx.body = String(ctx.path === '/out' ? 'bye' : ctx.session.name);
    });
    return app;
  };

  describe('app.keys', () => {
    test('signs the cookie where there is no secret', async () => {
      const store = memoryStore();
      const signed = await serve(createApp(session({ store }), ['new', 'old']));
      const { cookie } = await get(`${signed}/in`);

      expect(cookie.split('.')).toHaveLength(3);
      expect((await get(signed, cookie)).text).toBe('Ada');
      // Other keys refuse what these have signed.
      const others = await serve(createApp(session({ store }), ['others']));
      expect((await get(others, cookie)).text).toBe('undefined');
    });

    test('verifies with all of them, so that keys can be replaced', async () => {
      const store = memoryStore();
      const before = await serve(createApp(session({ store }), ['old']));
      const { cookie } = await get(`${before}/in`);
      const after = await serve(createApp(session({ store }), ['new', 'old']));

      expect((await get(after, cookie)).text).toBe('Ada');
    });

    test('counts for nothing where there is a secret', async () => {
      const store = memoryStore();
      const one = await serve(createApp(session({ store, secret: 'k' }), ['a']));
      const other = await serve(createApp(session({ store, secret: 'k' }), ['b']));

      expect((await get(other, (await get(`${one}/in`)).cookie)).text).toBe('Ada');
    });

    test('that is a Keygrip is an error that says what to do', async () => {
      const app = createApp(session({}), { sign: () => '', verify: () => true } as unknown as Koa3['keys']);
      const errors: Error[] = [];
      app.on('error', (error: Error) => errors.push(error));

      expect((await get(`${await serve(app)}/in`)).status).toBe(500);
      expect(errors[0]).toMatchObject({ code: 'ERR_SESS_CONFIG', message: expect.stringContaining('option secret') });
    });

    test('may be missing: a token cannot be guessed', async () => {
      const url = await serve(createApp());
      const { cookie } = await get(`${url}/in`);

      expect(cookie.split('.')).toHaveLength(2);
      expect((await get(url, cookie)).text).toBe('Ada');
    });
  });

  test('ctx.session = null ends the session', async () => {
    const url = await serve(createApp());
    const { cookie } = await get(`${url}/in`);

    expect((await get(`${url}/out`, cookie)).lines[0]).toMatch(/^sid=; Max-Age=0/);
    expect((await get(url, cookie)).text).toBe('undefined');
  });

  test('ctx.session is null then, for middleware that comes to it later', async () => {
    const app = new Koa();
    app.use(async (ctx, next) => {
      await next();
      if (ctx.session) ctx.session.seen = true;
      ctx.body = String(ctx.session);
    });
    app.use(session({})).use((ctx) => {
      ctx.session.name = 'Ada';
      ctx.session = null;
    });
    const { status, text } = await get(await serve(app));

    expect(status).toBe(200);
    expect(text).toBe('null');
  });

  test('two middlewares with one cookie on the way of a request: the second says what to do', async () => {
    const app = new Koa();
    const errors: Error[] = [];
    app.on('error', (error: Error) => errors.push(error));
    app.use(session({})).use(session({}));

    expect((await get(await serve(app))).status).toBe(500);
    expect(errors[0]).toMatchObject({ code: 'ERR_SESS_CONFIG', message: expect.stringContaining('one name, sid') });
  });

  test('ctx.session.maxAge is a field like any other, not koa-session’s', async () => {
    const app = new Koa();
    app.use(session({})).use((ctx) => {
      ctx.session.maxAge = 5;
      ctx.body = { ...ctx.session };
    });
    const { text, lines } = await get(await serve(app));

    expect(text).toBe('{"maxAge":5}');
    expect(lines[0]).not.toContain('Max-Age');
  });

  test('ctx.session cannot be another object', async () => {
    const app = createApp();
    const errors: Error[] = [];
    app.on('error', (error: Error) => errors.push(error));

    expect((await get(`${await serve(app)}/replace`)).status).toBe(500);
    expect(errors[0]).toMatchObject({ code: 'ERR_SESS_DATA' });
  });

  test('used twice it is one session', async () => {
    const sessions = session({});
    const app = new Koa();
    app
      .use(sessions)
      .use(sessions)
      .use((ctx) => {
        ctx.session.name = 'Ada';
        ctx.body = '';
      });

    expect((await get(await serve(app))).lines).toHaveLength(1);
  });

  test('Koa’s own error handling answers a store that refuses, with none of the headers of the answer', async () => {
    const inner = memoryStore();
    const store: SessionStore = {
      create: () => Promise.reject(new Error('disk full')),
      read: (id) => inner.read(id),
      update: (record, ifVersion) => inner.update(record, ifVersion),
      touch: (id, expiresAt) => inner.touch(id, expiresAt),
      destroy: (id) => inner.destroy(id),
    };
    const app = new Koa();
    const errors: Error[] = [];
    app.on('error', (error: Error) => errors.push(error));
    app.use(session({ store })).use((ctx) => {
      ctx.session.name = 'Ada';
      ctx.set('ETag', '"old"');
      ctx.body = 'saved';
    });
    const response = await fetch(await serve(app));

    expect(response.status).toBe(503);
    expect(await response.text()).toBe('Service Unavailable');
    expect(response.headers.get('etag')).toBeNull();
    expect(errors[0]).toMatchObject({ code: 'ERR_SESS_STORE' });
  });

  test('secure: true behind a proxy that nobody has told of: Koa’s way to tell', async () => {
    const sessions = session({ cookie: { secure: true } });
    const said: string[] = [];
    sessions.on('insecure', ({ remedy }) => said.push(remedy));
    await get(`${await serve(createApp(sessions))}/in`);

    expect(said).toEqual([expect.stringMatching(/app\.proxy = true/)]);
    expect(said[0]).not.toContain('Express');
  });

  test('app.use(session) and session(app) say what to write', async () => {
    const app = new Koa();
    const errors: Error[] = [];
    app.on('error', (error: Error) => errors.push(error));
    app.use(session as never);
    await get(await serve(app));
    const remedy = /was given .*app\.use\(session\(\{ secret \}\)\)/;

    expect(errors[0]).toMatchObject({ code: 'ERR_SESS_CONFIG', message: expect.stringMatching(remedy) });
    expect(() => session(app as never)).toThrow(remedy);
  });

  test('middleware before the session may still write to it', async () => {
    const sessions = session({});
    const app = new Koa();
    app.use(async (ctx, next) => {
      await next();
      if (ctx.path === '/in') sessions.of(ctx).late = true;
    });
    app.use(sessions).use((ctx) => {
      ctx.session.name ??= 'Ada';
      ctx.body = JSON.stringify(ctx.session);
    });
    const url = await serve(app);
    const { cookie } = await get(url);
    await get(`${url}/in`, cookie);

    expect((await get(url, cookie)).text).toBe('{"name":"Ada","late":true}');
  });

  test('middleware before the session may begin one: the head has not been sent', async () => {
    const sessions = session({});
    const events: string[] = [];
    for (const name of ['created', 'committed', 'error'] as const) sessions.on(name, () => events.push(name));
    const app = new Koa();
    app.use(async (ctx, next) => {
      await next();
      sessions.of(ctx).late = true;
    });
    app.use(sessions).use((ctx) => {
      if (ctx.path === '/both') ctx.session.name = 'Ada';
      ctx.body = JSON.stringify(ctx.session);
    });
    const url = await serve(app);
    const visitor = await get(url);
    const { cookie, lines } = await get(`${url}/both`);

    expect(visitor.status).toBe(200);
    expect(visitor.lines).toHaveLength(1);
    expect(lines).toHaveLength(1);
    expect(events).toEqual(['created', 'created', 'committed']);
    expect((await get(url, cookie)).text).toBe('{"name":"Ada","late":true}');
    expect(events).toHaveLength(3);
  });

  test('so may a handler that answers by itself, later', async () => {
    const app = new Koa();
    app.use(session({})).use((ctx) => {
      ctx.respond = false;
      setImmediate(() => {
        ctx.session.visited = true;
        ctx.res.statusCode = 200;
        ctx.res.end('hello');
      });
    });
    const { status, lines } = await get(await serve(app));

    expect(status).toBe(200);
    expect(lines).toHaveLength(1);
  });
});

describe('read, for a request that does not pass the middleware', () => {
  test('gives the session, of which watch tells that it has ended', async () => {
    const sessions = session({ secret: 'k' });
    const app = new Koa3();
    app.use(sessions).use(async (ctx) => {
      await ctx.session.login('ada');
      ctx.body = ctx.session.id;
    });
    const { cookie, text } = await get(await serve(app));

    const visit = await sessions.read({ headers: { cookie } });
    if (visit === undefined) throw new Error('There is no session.');
    const ended = vi.fn();
    sessions.watch(visit, ended);
    await sessions.revoke(text);

    expect(visit.subject).toBe('ada');
    expect(ended).toHaveBeenCalledOnce();
    expect(await sessions.read({ headers: { cookie } })).toBeUndefined();
  });

  test('asks for a secret of its own, since it may come before app.keys is known', async () => {
    await expect(session({}).read({ headers: {} })).rejects.toMatchObject({ code: 'ERR_SESS_CONFIG' });
  });
});
