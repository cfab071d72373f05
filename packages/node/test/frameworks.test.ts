import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type Application, type ErrorRequestHandler, type Handler } from 'express';
import express4 from 'express4';
import Koa from 'koa';
import Koa2 from 'koa2';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type HeadAdditions, holdResponse, type ResponseHooks } from '../src/index.js';
import { settle } from './hooks.js';
import { exchange, listen, parseAnswer, valuesOf } from './serve.js';

const storeDown = Object.assign(new Error('store down'), { status: 503 });

const working: [string, ResponseHooks['beforeHead']][] = [
  ['at once', (): HeadAdditions => ({ setCookie: 'sid=1' })],
  ['later', () => settle().then(() => ({ setCookie: 'sid=1' }))],
];

const failing: [string, ResponseHooks['beforeHead']][] = [
  [
    'at once',
    () => {
      throw storeDown;
    },
  ],
  ['later', () => settle().then(() => Promise.reject(storeDown))],
];

/** The answer to one request; there must be no second one on the connection. */
async function answerOf(app: unknown, start?: string) {
  const raw = await exchange(await listen(createServer(app as RequestListener)), start);
  expect(raw.split('HTTP/1.1 ')).toHaveLength(2);
  return parseAnswer(raw);
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4 as unknown as typeof express],
])('%s', (_, createApp) => {
  const hold =
    (beforeHead: ResponseHooks['beforeHead']): Handler =>
    (_request, response, next) => {
      holdResponse(response, { beforeHead, failed: next });
      next();
    };

  function createHeldApp(beforeHead: ResponseHooks['beforeHead'], ...handlers: (Handler | ErrorRequestHandler)[]) {
    const app: Application = createApp();
    // Keeps Express from printing the errors it is given on purpose.
    app.set('env', 'test');
    app.use(hold(beforeHead));
    for (const handler of handlers) app.use(handler);
    return app;
  }

  describe.each(working)('a hook that answers %s', (__, beforeHead) => {
    const answers: [string, Handler, string, RegExp][] = [
      ['send', (_request, response) => void response.send('body'), '200', /^body$/],
      ['json', (_request, response) => void response.status(201).json({ a: 1 }), '201', /^\{"a":1\}$/],
      ['redirect', (_request, response) => response.redirect('/next'), '302', /Found/],
      ['sendStatus', (_request, response) => void response.sendStatus(204), '204', /^$/],
    ];

    test.each(answers)('%s', async (___, handler, status, body) => {
      const answer = await answerOf(createHeldApp(beforeHead, handler));
      expect(answer.status).toContain(status);
      expect(answer.body).toMatch(body);
      expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    });

    test('a conditional request is answered 304, and the cookie comes with it', async () => {
      const handler: Handler = (_request, response) => void response.set('ETag', '"1"').send('body');
      const answer = await answerOf(createHeldApp(beforeHead, handler), 'GET / HTTP/1.1\nIf-None-Match: "1"');
      expect(answer.status).toContain('304');
      expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    });

    test('a file', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'hold-'));
      onTestFinished(() => rm(folder, { recursive: true }));
      await writeFile(join(folder, 'file.txt'), 'x'.repeat(200_000));
      const handler: Handler = (_request, response) => response.sendFile('file.txt', { root: folder });
      const answer = await answerOf(createHeldApp(beforeHead, handler));
      expect(answer.body).toBe('x'.repeat(200_000));
      expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    });

    test('a mounted app, which exchanges the prototype of the response', async () => {
      const inner = createApp();
      inner.get('/', (_request, response) => void response.send('inner'));
      const answer = await answerOf(createHeldApp(beforeHead, inner as unknown as Handler));
      expect(answer.body).toBe('inner');
      expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    });

    test('a handler that throws: the error page has the cookie', async () => {
      const app = createHeldApp(beforeHead, () => {
        throw new Error('a bug');
      });
      const answer = await answerOf(app);
      expect(answer.status).toContain('500');
      expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    });
  });

  describe.each(failing)('a hook that fails %s', (__, beforeHead) => {
    const answers: [string, Handler][] = [
      ['send', (_request, response) => void response.status(201).send('secret')],
      ['redirect', (_request, response) => response.redirect('/secret')],
      ['writeHead and end', (_request, response) => void response.writeHead(200, { ETag: '"1"' }).end('secret')],
      [
        'a stream',
        async (_request, response) => {
          for (let i = 0; i < 20; i += 1) {
            response.write('secret');
            await settle(1);
          }
          response.end('secret');
        },
      ],
    ];

    test.each(answers)('%s: the framework answers in its place', async (___, handler) => {
      const answer = await answerOf(createHeldApp(beforeHead, handler), 'POST / HTTP/1.1\nContent-Length: 0');
      expect(answer.status).toBe('HTTP/1.1 503 Service Unavailable');
      expect(answer.body).toContain('store down');
      expect(answer.body).not.toContain('secret');
      expect(valuesOf(answer, 'Location')).toEqual([]);
      expect(valuesOf(answer, 'Content-Type')).toEqual(['text/html; charset=utf-8']);
    });

    test("the app's own error handler, at its leisure", async () => {
      const render: ErrorRequestHandler = async (error, _request, response, _next) => {
        await settle();
        response.status(error.status).json({ error: error.message });
      };
      for (const [, handler] of answers) {
        const answer = await answerOf(createHeldApp(beforeHead, handler, render));
        expect(answer.status).toContain('503');
        expect(answer.body).toBe('{"error":"store down"}');
      }
    });
  });
});

describe.each([
  ['Koa 3', Koa],
  ['Koa 2', Koa2 as unknown as typeof Koa],
])('%s', (_, App) => {
  function createHeldApp(beforeHead: ResponseHooks['beforeHead'], handler: (context: Koa.Context) => void) {
    const app = new App();
    const onError = vi.fn();
    app.on('error', onError);
    app.use((context, next) => {
      holdResponse(context.res, { beforeHead, failed: (error) => context.onerror(error as Error) });
      return next();
    });
    app.use(handler);
    return { app: app.callback(), onError };
  }

  test.each(working)('a hook that answers %s', async (__, beforeHead) => {
    const { app } = createHeldApp(beforeHead, (context) => {
      context.body = { a: 1 };
    });
    const answer = await answerOf(app);
    expect(answer.body).toBe('{"a":1}');
    expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
  });

  test.each(working)(
    'a hook that answers %s, and a handler that throws: the error page has the cookie',
    async (__, hook) => {
      const { app } = createHeldApp(hook, () => {
        throw new Error('a bug');
      });
      const answer = await answerOf(app);
      expect(answer.status).toContain('500');
      expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    },
  );

  test.each(failing)('a hook that fails %s', async (__, beforeHead) => {
    const { app, onError } = createHeldApp(beforeHead, (context) => {
      context.body = 'secret';
    });
    const answer = await answerOf(app);
    expect(answer.status).toContain('503');
    expect(answer.body).toBe('Service Unavailable');
    expect(onError).toHaveBeenCalledOnce();
  });
});
