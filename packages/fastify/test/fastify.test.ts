import { PassThrough } from 'node:stream';
import { memoryStore } from '@sess/store-memory';
import fastify from 'fastify';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { session } from '../src/index.js';

/** A cookie as the next request sends it. */
const cookieOf = (response: { readonly headers: Readonly<Record<string, unknown>> }): string =>
  String(response.headers['set-cookie']).split(';', 1)[0] ?? '';

function createApp() {
  const app = fastify();
  onTestFinished(() => app.close());
  return app;
}

describe('registered in a scope', () => {
  test('serves the routes of the scope, and no others', async () => {
    const sessions = session({ secret: 'k' });
    const app = createApp();
    app.register(async (scope) => {
      await scope.register(sessions);
      scope.get('/inside', async (request) => {
        request.session.name = 'Ada';
        return 'saved';
      });
      scope.register(async (inner) => {
        inner.get('/deeper', async (request) => ({ ...sessions.of(request) }));
      });
    });
    app.get('/outside', async (request) => String(sessions.of(request).name));

    const inside = await app.inject('/inside');
    const cookie = cookieOf(inside);
    const deeper = await app.inject({ url: '/deeper', headers: { cookie } });
    const outside = await app.inject({ url: '/outside', headers: { cookie } });

    expect(inside.body).toBe('saved');
    expect(deeper.json()).toEqual({ name: 'Ada' });
    expect(outside.statusCode).toBe(500);
    expect(outside.json()).toMatchObject({ code: 'ERR_SESS_CONFIG' });
    expect(outside.headers.vary).toBeUndefined();
  });

  test('two scopes have sessions of their own', async () => {
    const shop = session<{ cart?: string }>({ secret: 'k', cookie: { name: 'shop' } });
    const admin = session<{ role?: string }>({ secret: 'k', cookie: { name: 'admin' } });
    const app = createApp();
    app.register(async (scope) => {
      await scope.register(shop);
      scope.get('/shop', async (request) => {
        shop.of(request).cart = 'book';
        return '';
      });
    });
    app.register(async (scope) => {
      await scope.register(admin);
      scope.get('/admin', async (request) => {
        admin.of(request).role = 'root';
        return '';
      });
    });

    expect(cookieOf(await app.inject('/shop'))).toMatch(/^shop=/);
    expect(cookieOf(await app.inject('/admin'))).toMatch(/^admin=/);
  });
});

test('registered twice it is one session', async () => {
  const sessions = session({ secret: 'k' });
  const app = createApp();
  await app.register(sessions);
  await app.register(async (scope) => {
    await scope.register(sessions);
    scope.get('/', async (request) => {
      request.session.name = 'Ada';
      return '';
    });
  });

  expect((await app.inject('/')).cookies).toHaveLength(1);
});

test('two plugins on the way of a request: request.session is that of the later one', async () => {
  const first = session<{ name?: string }>({ secret: 'k', cookie: { name: 'first' } });
  const second = session<{ name?: string }>({ secret: 'k', cookie: { name: 'second' } });
  const app = createApp();
  await app.register(first);
  await app.register(second);
  app.get('/', async (request) => {
    // Inherited: a property of its own costs each request more than a microsecond.
    expect(Object.hasOwn(request, 'session')).toBe(false);
    first.of(request).name = 'Ada';
    second.of(request).name = 'Bob';
    return request.session.name;
  });

  expect((await app.inject('/')).body).toBe('Bob');
});

test('where another plugin has declared request.session, ours is in its place from the hook on', async () => {
  const app = createApp();
  app.decorateRequest('session');
  const seen: unknown[] = [];
  app.addHook('onRequest', async (request) => void seen.push(request.session));
  await app.register(session({ secret: 'k' }));
  app.get('/', async (request) => {
    request.session.name = 'Ada';
    request.session = null;
    return String(request.session);
  });

  const response = await app.inject('/');

  expect(seen).toEqual([undefined]);
  expect(response.body).toBe('null');
});

test('before the hook a request has no session, and none to end', async () => {
  const app = createApp();
  const seen: unknown[] = [];
  app.addHook('onRequest', async (request) => {
    seen.push(request.session);
    request.session = null;
    seen.push(request.session);
  });
  await app.register(session({ secret: 'k' }));
  app.get('/', async (request) => String(request.session.isNew));

  const response = await app.inject('/');

  expect(seen).toEqual([undefined, null]);
  expect(response.body).toBe('true');
});

test('two plugins with one cookie on the way of a request: the second says what to do', async () => {
  const app = createApp();
  await app.register(session({ secret: 'k' }));
  await app.register(session({ secret: 'k' }));
  app.get('/', async () => 'never');

  expect((await app.inject('/')).json()).toMatchObject({ statusCode: 500, code: 'ERR_SESS_CONFIG' });
});

test('request.session = null ends the session; anything else is refused', async () => {
  const app = createApp();
  await app.register(session({ secret: 'k' }));
  app.get('/in', async (request) => {
    request.session.name = 'Ada';
    return '';
  });
  app.get('/out', async (request) => {
    request.session = null;
    return '';
  });
  app.get('/replace', async (request) => {
    (request as { session: unknown }).session = { name: 'Eve' };
    return '';
  });
  const cookie = cookieOf(await app.inject('/in'));

  expect((await app.inject({ url: '/replace', headers: { cookie } })).json()).toMatchObject({ code: 'ERR_SESS_DATA' });
  expect(cookieOf(await app.inject({ url: '/out', headers: { cookie } }))).toBe('sid=');
});

test('Fastify’s own error handling answers a store that refuses', async () => {
  const store = memoryStore();
  store.create = () => {
    throw new Error('disk full');
  };
  const app = createApp();
  await app.register(session({ store, secret: 'k' }));
  app.get('/', async (request) => {
    request.session.name = 'Ada';
    return 'saved';
  });
  const response = await app.inject('/');

  expect(response.statusCode).toBe(503);
  expect(response.json()).toMatchObject({ statusCode: 503, code: 'ERR_SESS_STORE' });
  expect(response.headers['set-cookie']).toBeUndefined();
});

// Fastify forgets it, and its file would stay open.
test('a stream that is not sent because the store refuses is closed', async () => {
  const store = memoryStore();
  store.create = () => {
    throw new Error('disk full');
  };
  const app = createApp();
  await app.register(session({ store, secret: 'k' }));
  const answer = new PassThrough();
  app.get('/', async (request) => {
    request.session.name = 'Ada';
    return answer;
  });

  expect((await app.inject('/')).statusCode).toBe(503);
  expect(answer.destroyed).toBe(true);
});

test('secure: true behind a proxy that nobody has told of: Fastify’s way to tell', async () => {
  const app = createApp();
  const sessions = session({ cookie: { secure: true } });
  const said: string[] = [];
  sessions.on('insecure', ({ remedy }) => said.push(remedy));
  await app.register(sessions);
  app.get('/', async (request) => {
    request.session.name = 'Ada';
    return 'saved';
  });
  await app.inject('/');

  expect(said).toEqual([expect.stringMatching(/fastify\(\{ trustProxy: true \}\)/)]);
  expect(said[0]).not.toContain('Express');
});

test('an answer that Fastify knows nothing of is held all the same', async () => {
  const store = memoryStore();
  const app = createApp();
  await app.register(session({ store, secret: 'k' }));
  app.get('/', (request, reply) => {
    request.session.name = 'Ada';
    reply.hijack();
    reply.raw.end('raw');
  });
  const response = await app.inject('/');

  expect(response.body).toBe('raw');
  expect(cookieOf(response)).toMatch(/^sid=/);
  expect(store.size).toBe(1);
});

test('an onSend hook that was added after the plugin may begin a session: the head has not been sent', async () => {
  const sessions = session({});
  const app = createApp();
  await app.register(sessions);
  app.addHook('onSend', async (request) => {
    sessions.of(request).visits = Number(sessions.of(request).visits ?? 0) + 1;
  });
  app.get('/', async (request) => JSON.stringify(request.session));
  const first = await app.inject('/');
  const second = await app.inject({ url: '/', headers: { cookie: cookieOf(first) } });

  expect(first.statusCode).toBe(200);
  expect(first.cookies).toHaveLength(1);
  expect(second.body).toBe('{"visits":1}');
});

test('a request that passes no hook is read, and watched until the session ends', async () => {
  const sessions = session({ secret: 'k' });
  const app = createApp();
  app.register(sessions);
  app.get('/', async (request) => {
    await request.session.login('ada');
    return request.session.id;
  });
  const response = await app.inject('/');
  const headers = { cookie: cookieOf(response) };

  const visit = await sessions.read({ headers });
  if (visit === undefined) throw new Error('There is no session.');
  const ended = vi.fn();
  sessions.watch(visit, ended);
  await sessions.revoke(response.body);

  expect(visit.subject).toBe('ada');
  expect(ended).toHaveBeenCalledOnce();
  expect(await sessions.read({ headers })).toBeUndefined();
});
