import { memoryStore } from '@sess/store-memory';
import { type Context, Hono } from 'hono';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type SessionEnv, session } from '../src/index.js';

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';

test('c.var.session is kept from request to request', async () => {
  const app = new Hono().use(session<{ visits?: number }>({ secret: 'k' })).get('/', (c) => {
    const visit = c.var.session;
    visit.visits = (visit.visits ?? 0) + 1;
    return c.json(visit);
  });
  const first = await app.request('/');

  expect(await (await app.request('/', { headers: { cookie: cookieOf(first) } })).json()).toEqual({ visits: 2 });
});

test('a redirect that Response made, whose headers are immutable, has the cookie', async () => {
  const app = new Hono().use(session({ secret: 'k' })).get('/', (c) => {
    c.var.session.name = 'Ada';
    return Response.redirect('http://localhost/next', 302);
  });
  const response = await app.request('/');

  expect(response.headers.get('location')).toBe('http://localhost/next');
  expect(cookieOf(response)).toMatch(/^sid=/);
});

test('a handler that forgets to return its response gets Hono’s error', async () => {
  const app = new Hono().use(session({}));
  app.get('/', (async (c: Context<SessionEnv>) => {
    c.var.session.name = 'Ada';
  }) as never);
  app.onError((error, c) => c.text(error.message, 500));

  expect(await (await app.request('/')).text()).toContain('Context is not finalized');
});

test('sessions.of tells two middlewares apart', async () => {
  const shop = session<{ cart?: string }>({ cookie: { name: 'shop' } });
  const admin = session<{ role?: string }>({ cookie: { name: 'admin' } });
  const app = new Hono()
    .use(shop)
    .use(admin)
    .get('/', (c) => {
      shop.of(c).cart = 'book';
      admin.of(c).role = 'root';
      return c.json([shop.of(c), admin.of(c)]);
    });
  const response = await app.request('/');

  expect(await response.json()).toEqual([{ cart: 'book' }, { role: 'root' }]);
  expect(response.headers.getSetCookie()).toHaveLength(2);
});

test('used twice it is one session', async () => {
  const sessions = session({});
  const app = new Hono()
    .use(sessions)
    .use(sessions)
    .get('/', (c) => {
      c.var.session.name = 'Ada';
      return c.text('');
    });

  expect((await app.request('/')).headers.getSetCookie()).toHaveLength(1);
});

test('two middlewares with one cookie on the way of a request: the second says what to do', async () => {
  const app = new Hono().use(session({})).use(session({}));
  app.get('/', (c) => c.text('never'));
  app.onError((error, c) => c.text(error.message, 500));

  expect(await (await app.request('/')).text()).toMatch(/one name, sid: .*another cookie\.name/);
});

test('sessions.of a context that has not passed the middleware says what to do', async () => {
  const sessions = session({});
  const app = new Hono().get('/', (c) => c.text(String(sessions.of(c).name)));
  app.onError((error, c) => c.text(error.message, 500));

  expect(await (await app.request('/')).text()).toContain('Call app.use(sessions)');
});

test.each([undefined, null, {}, 'c'])('so does sessions.of(%o)', (context) => {
  expect(() => session({}).of(context as never)).toThrow(/it has not passed this middleware/);
});

test('app.use(session) and session(app) say what to write', async () => {
  const app = new Hono().use(session as never).get('/', (c) => c.text('never'));
  app.onError((error, c) => c.text(error.message, 500));
  const remedy = /was given .*app\.use\(session\(\{ secret \}\)\)/;

  expect(await (await app.request('/')).text()).toMatch(remedy);
  expect(() => session(app as never)).toThrow(remedy);
});

describe('app.onError', () => {
  const createApp = () => {
    const store = memoryStore();
    const sessions = session<{ name?: string }>({ store });
    const app = new Hono()
      .use(sessions)
      .get('/throw', (c) => {
        c.var.session.name = 'Ada';
        throw new Error('oops');
      })
      .get('/write', (c) => {
        c.var.session.name = 'Ada';
        return new Response('saved', { headers: { ETag: '"old"', 'Set-Cookie': 'theme=dark' } });
      });
    app.onError((error, c) => c.text(error.message, 500));
    return { app, store };
  };

  test('answers what a handler throws, with the session kept', async () => {
    const { app, store } = createApp();
    const response = await app.request('/throw');

    expect(await response.text()).toBe('oops');
    expect(cookieOf(response)).toMatch(/^sid=/);
    expect(store.size).toBe(1);
  });

  test('answers a store that refuses, and nothing of the answer before is left', async () => {
    const { app, store } = createApp();
    store.create = () => {
      throw new Error('disk full');
    };
    const response = await app.request('/write');

    expect(response.status).toBe(500);
    expect(await response.text()).toContain('disk full');
    expect(response.headers.get('etag')).toBeNull();
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test('may set headers of its own after a store that refuses', async () => {
    const { app, store } = createApp();
    app.onError((error, c) => {
      c.header('Retry-After', '5');
      return c.text(error.message, 503);
    });
    store.create = () => {
      throw new Error('disk full');
    };
    const response = await app.request('/write');

    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
  });
});

describe('what is not as it should be is said once', () => {
  const spy = () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => {
      warn.mockRestore();
      vi.unstubAllEnvs();
    });
    return warn;
  };

  test('a cookie that cannot be sent over HTTP', async () => {
    const warn = spy();
    const app = new Hono().use(session({ cookie: { secure: true } })).get('/', (c) => {
      c.var.session.name = 'Ada';
      return c.text('saved');
    });
    await app.request('http://localhost/');
    await app.request('http://localhost/');

    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/plain HTTP.*isHttps: /), { type: 'SessWarning', code: 'SESS_SECURE_COOKIE_OVER_HTTP' }],
    ]);
  });

  test('a proxy that nobody has told of', async () => {
    const warn = spy();
    const app = new Hono().use(session({})).get('/', (c) => {
      c.var.session.name = 'Ada';
      return c.text('saved');
    });
    const headers = { 'x-forwarded-proto': 'https' };
    await app.request('http://localhost/', { headers });
    await app.request('http://localhost/', { headers });

    expect(warn.mock.calls).toEqual([
      [
        expect.stringContaining("isHttps: (request) => request.headers.get('x-forwarded-proto') === 'https'"),
        { type: 'SessWarning', code: 'SESS_PROXY_NOT_TRUSTED' },
      ],
    ]);
  });

  test('memory in place of a store, in production', () => {
    const warn = spy();
    vi.stubEnv('NODE_ENV', 'production');
    session({ store: memoryStore() });
    expect(warn).not.toHaveBeenCalled();
    session({});

    expect(warn.mock.calls).toEqual([[expect.any(String), { type: 'SessWarning', code: 'SESS_DEFAULT_STORE' }]]);
  });
});

test('a request that does not pass the middleware is read', async () => {
  const sessions = session<{ name?: string }>({ secret: 'k' });
  const app = new Hono().use(sessions).get('/', (c) => {
    c.var.session.name = 'Ada';
    return c.text('saved');
  });
  const cookie = cookieOf(await app.request('/'));

  expect((await sessions.read(new Request('http://localhost/', { headers: { cookie } })))?.name).toBe('Ada');
  expect(await sessions.read({ headers: new Headers() })).toBeUndefined();
});
