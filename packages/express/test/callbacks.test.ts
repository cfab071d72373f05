import express, { type Request } from 'express';
import { expect, test } from 'vitest';
import { session } from '../src/index.js';
import { Browser, serve } from './browser.js';

/** One request whose handler gets the session with some data in it. */
async function handle(handler: (req: Request) => Promise<unknown>): Promise<unknown> {
  const app = express();
  app.use(session({ secret: 'k', remember: {} }));
  app.get('/', (req, res) => {
    req.session.name = 'John';
    res.send('');
  });
  let result: unknown;
  app.get('/handle', async (req, res) => {
    result = await handler(req);
    res.send('');
  });
  const browser = new Browser(await serve(app));
  await browser.get('/');
  const response = await browser.get('/handle');
  if (!response.ok) throw new Error(await response.text());
  return result;
}

/** The error, or nothing, that a verb calls back with. */
const calledBack = (verb: (callback: (error?: unknown) => void) => void) => new Promise(verb);

test.each(['save', 'reload', 'touch', 'rotate', 'regenerate', 'destroy'] as const)(
  '%s calls back when done',
  async (verb) => {
    expect(await handle((req) => calledBack((callback) => req.session[verb](callback)))).toBeUndefined();
  },
);

test.each(['save', 'reload', 'touch', 'rotate', 'regenerate', 'destroy'] as const)(
  '%s takes null for no callback',
  async (verb) => {
    expect(await handle((req) => req.session[verb](null as never) as unknown as Promise<void>)).toBeUndefined();
  },
);

test('login calls back when done', async () => {
  expect(
    await handle(async (req) => {
      await calledBack((callback) => req.session.login('ada', callback));
      return req.session.subject;
    }),
  ).toBe('ada');
});

test.each([{ remember: true }, { remember: false }, undefined, null])(
  'login takes %o before the callback',
  async (options) => {
    expect(
      await handle(async (req) => {
        await calledBack((callback) => req.session.login('ada', options as { remember: boolean }, callback));
        return [req.session.subject, req.session.isRemembered];
      }),
    ).toEqual(['ada', options?.remember === true]);
  },
);

test('login takes options and gives a promise; null is no callback', async () => {
  expect(
    await handle(async (req) => {
      await req.session.login('ada', { remember: true });
      const isRemembered = [req.session.isRemembered];
      await (req.session.login('ada', { remember: true }, null as never) as unknown as Promise<void>);
      await (req.session.login('ada', null as never) as Promise<void>);
      return [...isRemembered, req.session.isRemembered];
    }),
  ).toEqual([true, false]);
});

test('a login that cannot remember calls back with the error', async () => {
  expect(
    await handle((req) => calledBack((callback) => req.session.login('ada', 'yes' as never, callback))),
  ).toMatchObject({ code: 'ERR_SESS_CONFIG' });
});

test('a callback gets the error', async () => {
  expect(
    await handle(async (req) => {
      await req.session.destroy();
      return await calledBack((callback) => req.session.save(callback));
    }),
  ).toMatchObject({ code: 'ERR_SESS_ENDED' });
});

test('regenerate with a callback leaves the old object as a read-only picture', async () => {
  expect(
    await handle(async (req) => {
      const before = req.session;
      await calledBack((callback) => req.session.regenerate(callback));
      const isReplaced = req.session !== before;
      const write = () => {
        before.name = 'Eve';
      };
      expect(write).toThrow();
      return { isReplaced, before: { ...before }, after: { ...req.session } };
    }),
  ).toEqual({ isReplaced: true, before: { name: 'John' }, after: {} });
});

test('regenerate with a callback of a session that has ended: the error, and writing goes on to throw', async () => {
  expect(
    await handle(async (req) => {
      await req.session.destroy();
      const error = await calledBack((callback) => req.session.regenerate(callback));
      expect(() => {
        req.session.name = 'Eve';
      }).toThrow('the session has ended');
      return error;
    }),
  ).toMatchObject({ code: 'ERR_SESS_ENDED' });
});

test('regenerate without one keeps the object, and what is to be kept', async () => {
  expect(
    await handle(async (req) => {
      const before = req.session;
      const { id } = before;
      await req.session.regenerate({ keep: ['name'] });
      return { isSame: req.session === before, isNewId: before.id !== id, data: { ...before } };
    }),
  ).toEqual({ isSame: true, isNewId: true, data: { name: 'John' } });
});

test('regenerate that is refused leaves the object as it is', async () => {
  expect(
    await handle(async (req) => {
      const before = req.session;
      const error = await calledBack((callback) => req.session.regenerate({ kep: ['name'] } as never, callback));
      before.name = 'Ann';
      return [(error as { code?: string }).code, req.session === before];
    }),
  ).toEqual(['ERR_SESS_CONFIG', true]);
});
