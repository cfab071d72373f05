import express5, { type ErrorRequestHandler, type RequestHandler } from 'express';
import express4 from 'express4';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { session } from '../src/index.js';
import { Browser, serve } from './browser.js';

const frameworks = [
  ['Express 5', express5],
  ['Express 4', express4 as unknown as typeof express5],
] as const;

const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(500).send(`${error.code ?? error.name}: ${error.message}`);
};

describe.each(frameworks)('%s', (_, express) => {
  const start = async (routes: Record<string, RequestHandler>) => {
    const app = express();
    app.use(session({ secret: 'k', remember: {} }));
    for (const [path, handler] of Object.entries(routes)) app.get(path, handler);
    app.use(answerError);
    return new Browser(await serve(app));
  };

  describe('req.sessionID', () => {
    test('is the id of the session, also of the one that has taken its place', async () => {
      const browser = await start({
        '/': (req, res, next) => {
          const ids = [req.sessionID === req.session.id];
          req.session.regenerate((error) => {
            if (error) return next(error);
            res.send([...ids, req.sessionID === req.session.id]);
          });
        },
      });

      expect(await browser.text('/')).toBe('[true,true]');
    });

    test('is the session’s business: asking for it makes the response vary, and does not store a session', async () => {
      const browser = await start({
        '/asks': (req, res) => void res.send(typeof req.sessionID),
        '/': (_req, res) => void res.send(''),
      });
      const asked = await browser.get('/asks');

      expect(await asked.text()).toBe('string');
      expect(asked.headers.get('vary')).toBe('Cookie');
      expect(asked.headers.getSetCookie()).toEqual([]);
      expect((await browser.get('/')).headers.get('vary')).toBeNull();
    });

    test('cannot be set, and says why', async () => {
      const browser = await start({
        '/': (req, res) => {
          (req as { sessionID: string }).sessionID = 'mine';
          res.send('');
        },
      });

      expect(await browser.text('/')).toMatch(/ERR_SESS_DATA: .*never the application's/);
    });
  });

  describe('req.session.cookie', () => {
    test.each<[string, RequestHandler]>([
      ['maxAge', (req) => void Object.assign(req.session.cookie as object, { maxAge: 30 * 86_400_000 })],
      ['expires', (req) => void Object.assign(req.session.cookie as object, { expires: false })],
      ['originalMaxAge', (req) => void (req.session.cookie as { originalMaxAge: number }).originalMaxAge],
    ])('.%s says what takes its place', async (_name, handler) => {
      const browser = await start({ '/': handler });

      expect(await browser.text('/')).toMatch(/ERR_SESS_CONFIG: .*login\(id, \{ remember: true \}\).*idleTimeout/);
    });

    test('may be a field of the application’s own', async () => {
      const browser = await start({
        '/accept': (req, res) => {
          req.session.cookie = { accepted: true };
          res.json([req.session, Object.keys(req.session)]);
        },
        '/change': (req, res) => {
          (req.session.cookie as { accepted: boolean }).accepted = false;
          res.send('');
        },
        '/': (req, res) => void res.json(req.session.cookie),
        '/delete': (req, res) => {
          delete req.session.cookie;
          res.json(Object.hasOwn(req.session, 'cookie'));
        },
      });

      expect(await browser.text('/accept')).toBe('[{"cookie":{"accepted":true}},["cookie"]]');
      expect(await browser.text('/')).toBe('{"accepted":true}');
      await browser.get('/change');
      expect(await browser.text('/')).toBe('{"accepted":false}');
      expect(await browser.text('/delete')).toBe('false');
      expect(await browser.text('/')).toMatch(/^ERR_SESS_CONFIG/);
    });

    test('is not in the way of a schema that misses it', async () => {
      const app = express();
      app.use(session({ schema: z.object({ cookie: z.string() }), initial: { cookie: 'accepted' } }));
      app.get('/', (req, res) => {
        delete req.session.cookie;
        res.send('');
      });
      app.use(answerError);

      expect(await new Browser(await serve(app)).text('/')).toMatch(/^ERR_SESS_DATA: .*session\.cookie: /);
    });

    test('is not in the way of what looks at the whole session', async () => {
      const browser = await start({
        '/': (req, res) => {
          req.session.name = 'Ada';
          res.json([{ ...req.session }, structuredClone(req.session), Object.entries(req.session)]);
        },
      });

      expect(await browser.text('/')).toBe('[{"name":"Ada"},{"name":"Ada"},[["name","Ada"]]]');
    });
  });
});
