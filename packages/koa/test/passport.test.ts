import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import Koa3 from 'koa';
import Koa2 from 'koa2';
import { Strategy } from 'passport-local';
import { describe, expect, onTestFinished, test } from 'vitest';
import { session } from '../src/index.js';

type Done = (error: unknown, value: unknown) => void;

// It has no types, and those of others for it change Koa's for the whole program.
const { KoaPassport } = createRequire(import.meta.url)('koa-passport') as {
  readonly KoaPassport: new () => {
    use(strategy: Strategy): void;
    serializeUser(serialize: (user: unknown, done: Done) => void): void;
    deserializeUser(deserialize: (id: unknown, done: Done) => void): void;
    initialize(): Koa3.Middleware;
    session(): Koa3.Middleware;
  };
};

/** What it adds to a context. */
interface PassportContext {
  readonly state: { readonly user?: { readonly id: string } };
  login(user: object): Promise<void>;
  logout(): Promise<void>;
}

async function serve(Koa: typeof Koa3): Promise<string> {
  const passport = new KoaPassport();
  passport.use(new Strategy((_name, _password, done) => done(null, { id: 'u1' })));
  passport.serializeUser((user, done) => done(null, (user as { id: string }).id));
  passport.deserializeUser((id, done) => done(null, { id }));
  const app = new Koa();
  app
    .use(session({ secret: 'k' }))
    .use(passport.initialize())
    .use(passport.session());
  app.use(async (ctx) => {
    const { state, login, logout } = ctx as unknown as PassportContext;
    if (ctx.path === '/login') await login({ id: 'u1' });
    if (ctx.path === '/logout') await logout();
    if (ctx.path === '/login-both') {
      await login({ id: 'u1' });
      await ctx.session.login('u1');
    }
    ctx.body = { user: state.user?.id, subject: ctx.session.subject };
  });
  const server = createServer(app.callback()).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function get(url: string, cookie = ''): Promise<{ said: unknown; cookie: string }> {
  const response = await fetch(url, { headers: { cookie } });
  return { said: await response.json(), cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie };
}

describe.each([
  ['Koa 3', Koa3],
  ['Koa 2', Koa2 as unknown as typeof Koa3],
])('koa-passport on %s, whose verbs call back', (_, Koa) => {
  test('logs in and out; what opened the session before each opens nothing after it', async () => {
    const url = await serve(Koa);
    const first = await get(`${url}/login`);
    const again = await get(`${url}/login`, first.cookie);
    expect(await get(url, again.cookie)).toMatchObject({ said: { user: 'u1' } });
    expect((await get(url, first.cookie)).said).toEqual({});
    const out = await get(`${url}/logout`, again.cookie);
    expect((await get(url, out.cookie)).said).toEqual({});
    expect((await get(url, again.cookie)).said).toEqual({});
  });

  test('and logs in as the subject, behind it', async () => {
    const url = await serve(Koa);
    const { cookie } = await get(`${url}/login-both`);

    expect((await get(url, cookie)).said).toEqual({ user: 'u1', subject: 'u1' });
    const out = await get(`${url}/logout`, cookie);
    expect((await get(url, out.cookie)).said).toEqual({});
  });
});
