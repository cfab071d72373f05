import { Authenticator } from '@fastify/passport';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { session } from '../src/index.js';

async function createApp() {
  const passport = new Authenticator();
  passport.registerUserSerializer(async (user: { id: string }) => user.id);
  passport.registerUserDeserializer(async (id: string) => ({ id }));
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(session({ secret: 'k' }));
  // They are typed for other session plugins; what they call is what is tested here. It brings @fastify/flash.
  await app.register(passport.initialize() as never);
  await app.register(passport.secureSession() as never);
  app.get('/', async (request) => ({ user: request.user, cart: request.session.cart }));
  app.get('/cart', async (request) => {
    request.session.cart = ['book'];
    return {};
  });
  app.get('/login', async (request) => {
    await request.logIn({ id: 'u1' } as never, { keepSessionInfo: true });
    return {};
  });
  app.get('/logout', async (request) => {
    await request.logOut();
    return {};
  });
  app.get('/flash', async (request) => request.flash('info' as never, 'saved' as never));
  app.get('/flashed', async (_request, reply) => reply.flash('info' as never));
  return app;
}

async function get(app: Awaited<ReturnType<typeof createApp>>, url: string, cookie = '') {
  const response = await app.inject({ url, headers: { cookie } });
  const set = response.headers['set-cookie'];
  return { said: response.json() as unknown, cookie: set === undefined ? cookie : String(set).split(';', 1)[0] };
}

test('@fastify/passport logs in and out, and keeps what it is told to', async () => {
  const app = await createApp();
  const before = await get(app, '/cart');
  const login = await get(app, '/login', before.cookie);
  expect(login.cookie).not.toBe(before.cookie);
  expect((await get(app, '/', login.cookie)).said).toEqual({ user: { id: 'u1' }, cart: ['book'] });
  expect((await get(app, '/', before.cookie)).said).toEqual({ user: null });
  const logout = await get(app, '/logout', login.cookie);
  expect((await get(app, '/', logout.cookie)).said).toEqual({ user: null });
  expect((await get(app, '/', login.cookie)).said).toEqual({ user: null });
});

test('@fastify/flash shows a message once', async () => {
  const app = await createApp();
  const { cookie } = await get(app, '/flash');
  expect((await get(app, '/flashed', cookie)).said).toEqual(['saved']);
  expect((await get(app, '/flashed', cookie)).said).toEqual([]);
});
