import { readFileSync } from 'node:fs';
import flash from 'connect-flash';
import express5 from 'express';
import express4 from 'express4';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { session } from '../src/index.js';
import { Browser, serve } from './browser.js';

const users = [{ id: 'u1', username: 'ada', password: 'lovelace' }];

const cases = [
  ['Express 5', express5],
  ['Express 4', express4 as unknown as typeof express5],
].flatMap(([name, express]) =>
  [false, true].map((keepSessionInfo) => ({ name, express, keepSessionInfo })),
) as readonly Case[];

interface Case {
  readonly name: string;
  readonly express: typeof express5;
  readonly keepSessionInfo: boolean;
}

/** An application as passport's own guide has it. */
function createApp({ express, keepSessionInfo }: Case): ReturnType<typeof express> {
  const passport = new Passport();
  passport.use(
    new Strategy((username, password, done) => {
      const user = users.find((candidate) => candidate.username === username);
      done(null, user?.password === password ? user : false, { message: 'Wrong name or password.' });
    }),
  );
  passport.serializeUser((user, done) => done(null, (user as { id: string }).id));
  passport.deserializeUser((id, done) => done(null, users.find((user) => user.id === id) ?? false));

  const app = express();
  app.use(session({ secret: 'k' }));
  app.use(flash());
  app.use(passport.initialize());
  app.use(passport.session());
  app.use(express.urlencoded({ extended: false }));
  app.get('/', (req, res) => {
    res.json({ user: (req.user as { id: string } | undefined)?.id, cart: req.session.cart, flash: req.flash('error') });
  });
  app.get('/cart', (req, res) => {
    req.session.cart = ['book'];
    res.send('');
  });
  app.post(
    '/login',
    passport.authenticate('local', {
      successRedirect: '/',
      failureRedirect: '/',
      failureFlash: true,
      keepSessionInfo,
    }),
  );
  app.post('/logout', (req, res, next) => {
    req.logout({ keepSessionInfo }, (error) => (error ? next(error) : res.redirect('/')));
  });
  return app;
}

describe.each(cases)('passport and connect-flash on $name, keepSessionInfo: $keepSessionInfo', (each) => {
  const { keepSessionInfo } = each;

  test('log in and out', async () => {
    const browser = new Browser(await serve(createApp(each)));
    await browser.get('/cart');
    const before = browser.fork();

    const login = await browser.post('/login', { username: 'ada', password: 'lovelace' });
    expect([login.status, login.headers.get('location')]).toEqual([302, '/']);
    const cart = keepSessionInfo ? { cart: ['book'] } : {};
    expect(JSON.parse(await browser.text('/'))).toEqual({ user: 'u1', flash: [], ...cart });
    // D4: the cookie from before the login opens nothing.
    expect(JSON.parse(await before.text('/'))).toEqual({ flash: [] });

    const loggedIn = browser.fork();
    await browser.post('/logout');
    expect(JSON.parse(await browser.text('/'))).toEqual({ flash: [], ...cart });
    expect(JSON.parse(await loggedIn.text('/'))).toEqual({ flash: [] });
  });

  test('tell of a failed login once', async () => {
    const browser = new Browser(await serve(createApp(each)));
    await browser.post('/login', { username: 'ada', password: 'wrong' });

    expect(JSON.parse(await browser.text('/'))).toEqual({ flash: ['Wrong name or password.'] });
    expect(JSON.parse(await browser.text('/'))).toEqual({ flash: [] });
  });
});

describe.each([cases[0] as Case, cases[2] as Case])('the login of the migration page, on $name', ({ express }) => {
  const users = [{ id: 17, name: 'ada' }];
  const createApp = () => {
    const passport = new Passport();
    passport.use(
      new Strategy((name, _password, done) => done(null, users.find((user) => user.name === name) ?? false)),
    );
    passport.serializeUser((user, done) => done(null, String((user as { id: number }).id)));
    passport.deserializeUser((id, done) => done(null, users.find((user) => String(user.id) === id) ?? false));
    const page = readFileSync(new URL('../../../docs/migrating-from-express-session.md', import.meta.url), 'utf8');
    const [, field = ''] = /`passport: (z\..+?)`/.exec(page) ?? [];
    const schema = z.object({ passport: new Function('z', `return ${field}`)(z) as z.ZodType });
    const sessions = session({ schema, secret: 'k' });
    const app = express();
    app.use(sessions, passport.session(), express.urlencoded({ extended: false }));
    const [, code = ''] = /```js\n(app\.post\('\/login'[\s\S]*?)```/.exec(page) ?? [];
    new Function('app', 'passport', code)(app, passport);
    app.get('/', (req, res) => void res.json([req.user, req.session.subject]));
    app.post('/logout', (req, res, next) => req.logout((error) => (error ? next(error) : res.redirect('/'))));
    return { app, sessions };
  };

  test('passport knows the user, and sessions.list too, until the logout', async () => {
    const { app, sessions } = createApp();
    const browser = new Browser(await serve(app));
    const login = await browser.post('/login', { username: 'ada', password: 'x' });

    expect([login.status, login.headers.get('location')]).toEqual([302, '/']);
    expect(JSON.parse(await browser.text('/'))).toEqual([users[0], '17']);
    expect(await sessions.list('17')).toHaveLength(1);
    await browser.post('/logout');
    expect(JSON.parse(await browser.text('/'))).toEqual([null, null]);
    expect(await sessions.list('17')).toEqual([]);
  });

  test('a wrong name leads back', async () => {
    const { app, sessions } = createApp();
    const login = await new Browser(await serve(app)).post('/login', { username: 'eve', password: 'x' });

    expect([login.status, login.headers.get('location')]).toEqual([302, '/login']);
    expect(await sessions.list('17')).toEqual([]);
  });
});
