import { connect } from 'node:net';
import { manualClock, requireFresh, SessError, type SessionStore } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import express5, { type ErrorRequestHandler, type Express } from 'express';
import express4 from 'express4';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { session } from '../src/index.js';
import { Browser, serve } from './browser.js';

const frameworks = [
  ['Express 5', express5],
  ['Express 4', express4 as unknown as typeof express5],
] as const;

/** A store whose results wait until `open` is called. */
function gatedStore(): { readonly store: SessionStore; readonly open: () => void } {
  const inner = memoryStore();
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const store: SessionStore = {
    create: (record) => gate.then(() => inner.create(record)),
    read: (id) => inner.read(id),
    update: (record, ifVersion) => gate.then(() => inner.update(record, ifVersion)),
    touch: (id, expiresAt) => inner.touch(id, expiresAt),
    destroy: (id) => gate.then(() => inner.destroy(id)),
  };
  return { store, open };
}

/** Answers errors with their status and code, as an application's own handler would. */
const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(error.status ?? 500).send(error.code ?? error.message);
};

describe.each(frameworks)('%s', (_, express) => {
  const createApp = (use: (app: Express) => void): Promise<string> => {
    const app = express();
    use(app);
    app.use(answerError);
    return serve(app);
  };

  test('keeps what a handler writes, and greets with it', async () => {
    const browser = new Browser(
      await createApp((app) => {
        app.use(session({ secret: 'k' }));
        app.get('/', (req, res) => {
          req.session.name = 'John';
          res.send('saved');
        });
        app.get('/greet', (req, res) => void res.send(`Hello, ${req.session.name}!`));
      }),
    );

    const saved = await browser.get('/');
    expect(saved.headers.getSetCookie()).toHaveLength(1);
    expect(saved.headers.get('cache-control')).toBe('no-store');
    const greeted = await browser.get('/greet');
    expect(await greeted.text()).toBe('Hello, John!');
    expect(greeted.headers.get('vary')).toBe('Cookie');
    expect(greeted.headers.getSetCookie()).toEqual([]);
  });

  test('leaves a response alone whose handler has not asked for the session', async () => {
    const browser = new Browser(
      await createApp((app) => {
        app.use(session({ secret: 'k' }));
        app.get('/', (_req, res) => void res.send('static'));
      }),
    );

    const response = await browser.get('/');
    expect(response.headers.get('vary')).toBeNull();
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test('a store that refuses: the error handler answers, not a 200', async () => {
    const store = { ...plain(memoryStore()), create: () => Promise.reject(new Error('disk full')) };
    const browser = new Browser(
      await createApp((app) => {
        app.use(session({ store }));
        app.get('/', (req, res) => {
          req.session.name = 'John';
          res.set('ETag', '"old"').send('saved');
        });
      }),
    );

    const response = await browser.get('/');
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('ERR_SESS_STORE');
    expect(response.headers.get('etag')).not.toBe('"old"');
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test('a store that cannot be read: the error handler answers before the handler runs', async () => {
    const inner = memoryStore();
    let isDown = false;
    const store = {
      ...plain(inner),
      read: (id: string) => {
        if (isDown) throw new Error('connection refused');
        return inner.read(id);
      },
    };
    const browser = new Browser(
      await createApp((app) => {
        app.use(session({ store }));
        app.get('/', (req, res) => {
          req.session.name = 'John';
          res.send('handled');
        });
      }),
    );
    await browser.get('/');
    isDown = true;

    const response = await browser.get('/');
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('ERR_SESS_STORE');
  });

  test('an error in the handler, after a write: the write is kept and the error page sent', async () => {
    const browser = new Browser(
      await createApp((app) => {
        app.use(session({ secret: 'k' }));
        app.get('/', (req) => {
          req.session.name = 'John';
          throw Object.assign(new Error('oops'), { status: 418 });
        });
        app.get('/greet', (req, res) => void res.send(String(req.session.name)));
      }),
    );

    expect((await browser.get('/')).status).toBe(418);
    expect(await browser.text('/greet')).toBe('John');
  });

  // What an async handler of Express 4 rejects with, nobody catches.
  test('a verb that is not awaited: the response waits, and the error handler answers', async () => {
    const browser = new Browser(
      await createApp((app) => {
        app.use(session({ secret: 'k' }));
        app.get('/:id', (req, res) => {
          void req.session.login(req.params.id === 'number' ? (17 as never) : req.params.id);
          res.redirect('/');
        });
        app.get('/', (req, res) => void res.send(req.session.subject));
      }),
    );

    const failed = await browser.get('/number');
    expect([failed.status, await failed.text()]).toEqual([500, 'ERR_SESS_DATA']);
    expect((await browser.get('/ada')).status).toBe(302);
    expect(await browser.text('/')).toBe('ada');
  });

  test('no byte of a redirect leaves before the write is done', async () => {
    const { store, open } = gatedStore();
    const origin = await createApp((app) => {
      app.use(session({ store }));
      app.get('/', (req, res) => {
        req.session.name = 'John';
        res.redirect('/next');
      });
    });
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let received = '';
    socket.on('data', (chunk) => {
      received += String(chunk);
    });
    socket.write('GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n');

    // Another request goes all the way while the first one waits.
    expect((await fetch(`${origin}/none`)).status).toBe(404);
    expect(received).toBe('');
    open();
    await new Promise((resolve) => socket.once('end', resolve));
    expect(received).toMatch(/^HTTP\/1\.1 302 /);
    expect(received).toMatch(/\r\nSet-Cookie: sid=/i);
  });

  test('two middlewares with different cookies do not meet', async () => {
    const shop = session<{ cart?: string }>({ secret: 'k' });
    const admin = session<{ role?: string }>({ secret: 'k', cookie: { name: 'admin', path: '/admin' } });
    const browser = new Browser(
      await createApp((app) => {
        app.use(shop);
        app.use('/admin', admin);
        app.get('/', (req, res) => {
          shop.of(req).cart = 'book';
          res.send('');
        });
        app.get('/admin', (req, res) => {
          admin.of(req).role = 'root';
          res.json([{ ...shop.of(req) }, { ...admin.of(req) }]);
        });
        app.get('/admin/out', async (req, res) => {
          await admin.of(req).destroy();
          res.json({ ...shop.of(req) });
        });
      }),
    );

    await browser.get('/');
    expect(await browser.text('/admin')).toBe('[{"cart":"book"},{"role":"root"}]');
    expect([...browser.cookies.keys()]).toEqual(['sid', 'admin']);
    expect(await browser.text('/admin/out')).toBe('{"cart":"book"}');
    expect([...browser.cookies.keys()]).toEqual(['sid']);
  });

  test('two with one cookie on the way of a request: the second does not take the session of the first', async () => {
    const first = session({ secret: 'k' });
    const browser = new Browser(
      await createApp((app) => {
        app.use(first);
        app.get('/', (req, res) => {
          req.session.name = 'John';
          res.send('');
        });
        app.use('/part', session({ secret: 'k' }));
        app.get('/part', (_req, res) => void res.send('never'));
      }),
    );
    await browser.get('/');
    const cookies = new Map(browser.cookies);
    const refused = await browser.get('/part');

    expect(refused.status).toBe(500);
    expect(await refused.text()).toBe('ERR_SESS_CONFIG');
    expect(refused.headers.getSetCookie()).toEqual([]);
    expect(browser.cookies).toEqual(cookies);
  });

  test('mounted twice it is one session', async () => {
    const sessions = session({ secret: 'k' });
    const browser = new Browser(
      await createApp((app) => {
        app.use(sessions, sessions);
        app.get('/', (req, res) => {
          req.session.name = 'John';
          res.send('');
        });
      }),
    );

    expect((await browser.get('/')).headers.getSetCookie()).toHaveLength(1);
  });

  test('setting req.session: null ends it, anything else is refused', async () => {
    const browser = new Browser(
      await createApp((app) => {
        app.use(session({ secret: 'k' }));
        app.get('/', (req, res) => {
          req.session.name = 'John';
          res.send('');
        });
        app.get('/null', (req, res) => {
          req.session = null;
          req.session = null;
          res.send(String(req.session));
        });
        app.get('/object', (req, res) => {
          (req as { session: unknown }).session = { name: 'Eve' };
          res.send('');
        });
      }),
    );
    await browser.get('/');

    expect(await browser.text('/object')).toBe('ERR_SESS_DATA');
    expect(await browser.text('/null')).toBe('null');
    expect(browser.cookies.size).toBe(0);
  });

  test('sessions.of a request that has not passed the middleware says what to do', async () => {
    const sessions = session({ secret: 'k' });
    const browser = new Browser(
      await createApp((app) => {
        app.get('/', (req, res) => void res.send(String(sessions.of(req).name)));
      }),
    );

    expect(await browser.text('/')).toBe('ERR_SESS_CONFIG');
  });

  test.each([undefined, null, {}, 'req'])('so does sessions.of(%o)', (request) => {
    expect(() => session({}).of(request as never)).toThrow(/it has not passed this session middleware/);
  });

  test('maxAge ends the session after inactivity, each request beginning it anew', async () => {
    const clock = manualClock();
    const browser = new Browser(
      await createApp((app) => {
        app.use(session({ secret: 'k', clock, cookie: { maxAge: 60_000 } }));
        app.get('/', (req, res) => {
          req.session.name ??= 'John';
          res.send(String(req.session.isNew));
        });
      }),
    );
    await browser.get('/');

    clock.advance(59_999);
    const still = await browser.get('/');
    expect(await still.text()).toBe('false');
    expect(still.headers.getSetCookie()[0]).toMatch(/; Max-Age=60;/);
    clock.advance(60_000);
    expect(await browser.text('/')).toBe('true');
  });

  test('remember me: the box in the login form decides how long the session and its cookie live', async () => {
    const clock = manualClock();
    const origin = await createApp((app) => {
      app.use(express.urlencoded({ extended: false }));
      app.use(session({ secret: 'k', clock, remember: { idleTimeout: '14d' } }));
      app.post('/login', (req, res, next) => {
        const options = { remember: req.body.remember === 'on' };
        // As passport and its kin would call it.
        req.session.login('ada', options, (error) => (error ? next(error) : res.send('welcome')));
      });
      app.get('/', (req, res) => {
        res.send(`${req.session.subject} ${req.session.isRemembered}`);
      });
      app.get('/pay', (req, res) => {
        requireFresh(req.session, '5m', { now: clock.now() });
        res.send('paid');
      });
      app.use(answerError);
    });
    const [ticked, not] = [new Browser(origin), new Browser(origin)];
    const remembered = await ticked.post('/login', { remember: 'on' });
    const ordinary = await not.post('/login');

    expect(remembered.headers.getSetCookie()[0]).toMatch(/; Max-Age=1209600;/);
    expect(ordinary.headers.getSetCookie()[0]).not.toMatch(/Max-Age/);
    clock.advance(13 * 24 * 3_600_000);
    expect([await ticked.text('/'), await not.text('/')]).toEqual(['ada true', 'undefined false']);
    expect(await ticked.text('/pay')).toBe('ERR_SESS_STALE');
    await ticked.post('/login', { remember: 'on' });
    expect(await ticked.text('/pay')).toBe('paid');
  });

  describe('over HTTPS behind a proxy', () => {
    const hello = (options: Parameters<typeof session>[0], trust: boolean) =>
      createApp((app) => {
        app.set('trust proxy', trust);
        app.use(session(options));
        app.get('/', (req, res) => {
          req.session.name = 'John';
          res.send('saved');
        });
      });
    const forwarded = { 'x-forwarded-proto': 'https' };

    test('marks the cookie Secure if Express trusts the proxy', async () => {
      const browser = new Browser(await hello({ secret: 'k' }, true));

      expect((await browser.get('/', forwarded)).headers.getSetCookie()[0]).toMatch(/; Secure$/);
      expect((await browser.fork().get('/', {})).headers.getSetCookie()).toEqual([]);
    });

    test('says once how to trust the proxy if Express does not', async () => {
      const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
      onTestFinished(() => warn.mockRestore());
      const browser = new Browser(await hello({ secret: 'k' }, false));
      await browser.get('/', forwarded);
      await new Browser(await hello({ secret: 'k' }, true)).get('/', forwarded);
      browser.cookies.clear();
      await browser.get('/', forwarded);

      expect(warn).toHaveBeenCalledOnce();
      expect(warn).toHaveBeenCalledWith(expect.stringContaining("app.set('trust proxy', 1)"), expect.anything());
    });

    test('with secure: true starts no session over HTTP, and says once why', async () => {
      const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
      onTestFinished(() => warn.mockRestore());
      const store = memoryStore();
      const create = vi.spyOn(store, 'create');
      const browser = new Browser(await hello({ store, cookie: { secure: true } }, true));
      const plainHttp = [await browser.get('/'), await browser.get('/')];

      expect(plainHttp.map((response) => response.headers.getSetCookie())).toEqual([[], []]);
      expect(create).not.toHaveBeenCalled();
      expect(warn).toHaveBeenCalledOnce();
      expect(warn).toHaveBeenCalledWith(
        expect.stringMatching(/cookie\.secure: 'auto'.*app\.set\('trust proxy', 1\)/),
        expect.anything(),
      );
      expect((await browser.get('/', forwarded)).headers.getSetCookie()[0]).toMatch(/^__Host-sid=.*; Secure$/);
    });
  });

  test('a streamed response keeps what was written before its head, and after', async () => {
    const browser = new Browser(
      await createApp((app) => {
        app.use(session({ secret: 'k' }));
        app.get('/', (req, res) => {
          req.session.before = 1;
          res.write('some');
          req.session.after = 2;
          res.end('thing');
        });
        app.get('/read', (req, res) => void res.json(req.session));
      }),
    );

    expect(await browser.text('/')).toBe('something');
    expect(await browser.text('/read')).toBe('{"before":1,"after":2}');
  });

  test('a new session after the head has left: the response breaks off, the error is told', async () => {
    const sessions = session({ secret: 'k' });
    const errors: unknown[] = [];
    sessions.on('error', ({ error }) => errors.push(error));
    const browser = new Browser(
      await createApp((app) => {
        app.use(sessions);
        app.get('/', (req, res) => {
          res.write('some');
          req.session.name = 'John';
          res.end('thing');
        });
      }),
    );

    await expect(browser.text('/')).rejects.toThrow();
    expect(SessError.is(errors[0], 'ERR_SESS_HEADERS_SENT')).toBe(true);
  });

  test('if nobody listens to errors, the error of a response that breaks off is printed', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => print.mockRestore());
    const browser = new Browser(
      await createApp((app) => {
        app.use(session({}));
        app.get('/', (req, res) => {
          res.write('some');
          req.session.name = 'John';
          res.end('thing');
        });
      }),
    );

    await expect(browser.text('/')).rejects.toThrow();
    expect(print.mock.calls).toEqual([[expect.stringContaining('head has already been sent')]]);
  });

  test('without a store, production is warned of memory; with one it is not', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    vi.stubEnv('NODE_ENV', 'production');
    onTestFinished(() => {
      warn.mockRestore();
      vi.unstubAllEnvs();
    });
    session({ store: memoryStore() });
    expect(warn).not.toHaveBeenCalled();
    session({});
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('@sess/store-redis'), { type: 'SessWarning', code: 'SESS_DEFAULT_STORE' }],
    ]);
  });
});

describe('options that mean something else with express-session', () => {
  test.each([
    [{ name: 'connect.sid' }, /cookie\.name/],
    [{ genid: () => '1' }, /cryptographic generator/],
    [{ rolling: true }, /touchEvery/],
    [{ unset: 'destroy' }, /destroy\(\)/],
    [{ proxy: true }, /trust proxy/],
    [{ resave: true }, /undo what other requests wrote/],
    [{ saveUninitialized: true }, /once something is written/],
    [{ store: { get() {}, set() {}, destroy() {} } }, /revive a destroyed session/],
  ])('%o is refused with a remedy', (options, remedy) => {
    expect(() => session(options as Parameters<typeof session>[0])).toThrow(remedy);
  });

  test('a call without options says what to write', () => {
    expect(() => (session as unknown as () => void)()).toThrow(/session\(\{\}\)/);
  });

  test.each(frameworks)('%s: app.use(session) answers with what to write', async (_, express) => {
    const app = express();
    app.use(session as never);
    app.use(((error, _request, response, _next) => void response.send(error.message)) as ErrorRequestHandler);

    expect(await new Browser(await serve(app)).text('/')).toMatch(
      /was given .* request.*app\.use\(session\(\{ secret \}\)\)/,
    );
  });

  test.each(frameworks)('%s: so does session(app)', (_, express) => {
    expect(() => session(express() as never)).toThrow(/was given a function.*app\.use\(session\(\{ secret \}\)\)/);
  });

  test('resave and saveUninitialized may be there, and false', () => {
    expect(() => session({ secret: 'k', resave: false, saveUninitialized: false })).not.toThrow();
  });
});

/** A store's contract methods as an object that can be spread, the store's own being on its prototype. */
function plain(store: SessionStore): SessionStore {
  return {
    create: (record) => store.create(record),
    read: (id) => store.read(id),
    update: (record, ifVersion) => store.update(record, ifVersion),
    touch: (id, expiresAt) => store.touch(id, expiresAt),
    destroy: (id) => store.destroy(id),
  };
}
