import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { holdResponse, type ResponseHooks } from '../src/index.js';
import { createGate, recordHooks, settle } from './hooks.js';
import { exchange, parseAnswer, serve, valuesOf } from './serve.js';

const storeDown = new Error('store down');

/** The two ways in which a hook can fail. */
const kinds: [string, () => Promise<undefined>][] = [
  [
    'at once',
    () => {
      throw storeDown;
    },
  ],
  ['later', () => Promise.reject(storeDown)],
];

type Handler = (response: ServerResponse) => unknown;

/** The answer to a request whose hook fails: `handler` writes what is discarded, `answer` what is sent instead. */
async function answerOf(beforeHead: () => Promise<undefined>, handler: Handler, answer: Handler) {
  const port = await serve((_, response) => {
    holdResponse(response, { beforeHead, failed: () => answer(response) });
    handler(response);
  });
  return parseAnswer(await exchange(port));
}

describe.each(kinds)('a hook that fails %s', (_, beforeHead) => {
  test('nothing of the answer leaves, and another takes its place', async () => {
    const answer = await answerOf(
      beforeHead,
      (response) => {
        response.writeHead(200, 'Fine', { 'Content-Type': 'text/plain', 'Content-Length': '6' });
        response.write('sec');
        response.end('ret');
      },
      (response) => {
        response.statusCode = 503;
        response.end('try later');
      },
    );
    expect(answer.status).toBe('HTTP/1.1 503 Service Unavailable');
    expect(answer.body).not.toContain('sec');
    expect(answer.body).toContain('try later');
    expect(valuesOf(answer, 'Content-Type')).toEqual([]);
  });

  test('headers that describe the discarded answer go, others stay', async () => {
    const described = {
      ...{
        'Accept-Ranges': 'bytes',
        'Content-Disposition': 'inline',
        'Content-Encoding': 'gzip',
        'Content-Type': 'a/b',
      },
      ...{ ETag: '"1"', Expires: 'Thu, 01 Jan 2032 00:00:00 GMT', 'Last-Modified': 'Tue, 01 Jan 2030 00:00:00 GMT' },
      ...{ Location: '/next', 'Transfer-Encoding': 'chunked', Trailer: 'X-Sum' },
    };
    const kept = {
      'X-Request-Id': '7',
      'Content-Security-Policy': "default-src 'self'",
      'Set-Cookie': 'a=1',
      Vary: 'Accept',
    };
    let state: unknown;
    const answer = await answerOf(
      beforeHead,
      (response) => {
        for (const [name, value] of Object.entries({ ...kept, ...described })) response.setHeader(name, value);
        response.end('secret');
      },
      (response) => {
        state = [response.headersSent, response.writableEnded, response.statusCode, response.getHeaderNames().sort()];
        response.end();
      },
    );
    expect(state).toEqual([
      false,
      false,
      500,
      Object.keys(kept)
        .map((name) => name.toLowerCase())
        .sort(),
    ]);
    expect(valuesOf(answer, 'X-Request-Id')).toEqual(['7']);
  });

  test('trailers go too', async () => {
    const answer = await answerOf(
      beforeHead,
      (response) => {
        response.addTrailers({ 'X-Sum': '1' });
        response.end('secret');
      },
      (response) => {
        response.write('sorry');
        response.end();
      },
    );
    expect(answer.body).toBe('5\r\nsorry\r\n0\r\n\r\n');
  });

  test.each([
    ['public, max-age=600', 'no-store'],
    ['private, no-store', 'private, no-store'],
  ])('caching as for the discarded answer (%s) would keep the error', async (before, after) => {
    const answer = await answerOf(
      beforeHead,
      (response) => response.setHeader('Cache-Control', before).end(),
      (response) => response.end(),
    );
    expect(valuesOf(answer, 'Cache-Control')).toEqual([after]);
  });

  test('failed is called once, from a clean stack, when the handler has returned', async () => {
    const order: string[] = [];
    await answerOf(
      beforeHead,
      (response) => {
        response.write('a');
        response.write('b');
        response.end();
        order.push('handler done');
      },
      (response) => {
        order.push('failed');
        response.end();
      },
    );
    expect(order).toEqual(['handler done', 'failed']);
  });

  test('callbacks of discarded output get the error', async () => {
    const errors: unknown[] = [];
    const note = (error?: unknown) => errors.push(error);
    await answerOf(
      beforeHead,
      (response) => {
        response.write('a', note);
        response.write('b', 'utf8', note);
        response.end('c', note);
      },
      (response) => response.end(),
    );
    expect(errors).toEqual([storeDown, storeDown, storeDown]);
  });

  test('an ended answer that is discarded gets no drain event', async () => {
    let drains = 0;
    await answerOf(
      beforeHead,
      (response) => {
        response.on('drain', () => {
          drains += 1;
        });
        response.write('x'.repeat(100_000));
        response.end();
      },
      (response) => settle().then(() => response.end()),
    );
    expect(drains).toBe(0);
  });

  test('the other answer may be written piece by piece', async () => {
    const answer = await answerOf(
      beforeHead,
      (response) => response.end('secret'),
      (response) => {
        response.writeHead(503, { 'Content-Type': 'text/plain' });
        Readable.from(['try ', 'later']).pipe(response);
      },
    );
    expect(answer.status).toContain('503');
    expect(answer.body).toBe('4\r\ntry \r\n5\r\nlater\r\n0\r\n\r\n');
  });
});

describe('a handler that is still writing when its answer is discarded', () => {
  /** Serves a handler whose hook fails when `gate` does, and waits for the answer. */
  async function startFailing(handler: (response: ServerResponse) => unknown, failed: Handler) {
    const gate = createGate<undefined>();
    const port = await serve((_, response) => {
      response.on('error', (error) => errors.push(error));
      holdResponse(response, { beforeHead: () => gate.promise, failed: () => failed(response) });
      handler(response);
    });
    const errors: Error[] = [];
    return { gate, errors, answer: exchange(port).then(parseAnswer) };
  }

  test('goes on into nothing: its output joins neither the new answer nor an error event', async () => {
    const done = createGate();
    const seen: unknown[] = [];
    const { gate, errors, answer } = await startFailing(
      async (response) => {
        seen.push(response.write('x'.repeat(100_000)));
        gate.fail(storeDown);
        await once(response, 'drain');
        seen.push(response.write('two', (error) => seen.push(error)));
        seen.push(response.end('three') === response);
        done.open(undefined);
      },
      async (response) => {
        await done.promise;
        response.statusCode = 503;
        response.setHeader('Content-Type', 'text/plain');
        response.end('try later');
      },
    );
    expect((await answer).body).toBe('try later');
    await settle();
    expect(seen).toEqual([false, true, true, storeDown]);
    expect(errors).toEqual([]);
  });

  test('and after the new answer has ended, however soon', async () => {
    let goOn = (): void => undefined;
    const { gate, errors, answer } = await startFailing(
      (response) => {
        response.write('one');
        gate.fail(storeDown);
        goOn = () => {
          response.write('two');
          response.end('three');
        };
      },
      (response) => {
        response.statusCode = 503;
        response.end('try later');
        goOn();
      },
    );
    expect((await answer).body).toBe('try later');
    goOn();
    await settle();
    expect(errors).toEqual([]);
  });

  // Were it sent beyond the length of the new answer, a proxy would take it for the next one on the connection.
  test('nor does it join a new answer that is written piece by piece', async () => {
    let isOver = false;
    const { gate, answer } = await startFailing(
      async (response) => {
        for (; !isOver; await settle(1)) response.write('secret');
      },
      async (response) => {
        response.writeHead(503, { 'Content-Length': '9' });
        await settle();
        response.write('try ');
        await settle();
        response.end('later');
      },
    );
    gate.fail(storeDown);
    expect((await answer).body).toBe('try later');
    isOver = true;
  });

  test.each<[string, (source: Readable, response: ServerResponse) => unknown]>([
    ['a pipe', (source, response) => source.pipe(response)],
    ['a pipeline', (source, response) => pipeline(source, response, () => undefined)],
  ])('%s is cut off, though the new answer is begun and takes its time, and its source is closed', async (_, send) => {
    const source = Readable.from(Array.from({ length: 50 }, () => 'x'.repeat(10_000)));
    const { gate, answer } = await startFailing(
      (response) => send(source, response),
      async (response) => {
        response.statusCode = 503;
        await settle(20);
        response.setHeader('Content-Type', 'text/plain');
        response.end('try later');
      },
    );
    const closed = new Promise((resolve) => source.once('close', resolve));
    gate.fail(storeDown);
    expect((await answer).body).toBe('try later');
    await closed;
  });

  test('an error handler that touches no header and answers late is not taken for it twice', async () => {
    const { gate, answer } = await startFailing(
      async (response) => {
        response.write('a');
        gate.fail(storeDown);
        await settle(2);
        response.end('b');
      },
      async (response) => {
        await settle(10);
        response.end();
      },
    );
    expect(await answer).toMatchObject({ status: 'HTTP/1.1 500 Internal Server Error', body: '' });
  });

  test('an error handler that touches no header and answers late is heard, though a pipe was cut off', async () => {
    const { gate, answer } = await startFailing(
      (response) => new PassThrough().pipe(response).write('secret'),
      async (response) => {
        await settle();
        response.end('sorry');
      },
    );
    gate.fail(storeDown);
    expect((await answer).body).toBe('sorry');
  });

  test('an error handler that touches no header is known by answering at once, or by its writeHead', async () => {
    const handlers: Handler[] = [
      (response) => response.end('sorry'),
      async (response) => {
        await settle();
        response.writeHead(500);
        response.write('sorry');
        response.end();
      },
    ];
    for (const handler of handlers) {
      const { gate, answer } = await startFailing((response) => response.write('secret'), handler);
      gate.fail(storeDown);
      const { status, body } = await answer;
      expect(status).toContain('500');
      expect(body).toContain('sorry');
    }
  });

  test('a stream that keeps sending events does not begin the new answer', async () => {
    const events = new PassThrough();
    const answering = createGate();
    const { gate, answer } = await startFailing(
      (response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.flushHeaders();
        events.on('data', (chunk) => {
          response.write(chunk);
          response.flushHeaders();
        });
      },
      async (response) => {
        answering.open(undefined);
        await settle();
        response.statusCode = 503;
        response.end('try later');
      },
    );
    events.write('data: 0\n\n');
    gate.fail(storeDown);
    await answering.promise;
    events.write('data: 1\n\n');
    expect(await answer).toMatchObject({ status: 'HTTP/1.1 503 Service Unavailable', body: 'try later' });
  });
});

describe('what Node refuses only when the held output is sent', () => {
  test('nothing sent yet: another answer can be given, and it has the headers of the commit', async () => {
    const errors: unknown[] = [];
    const port = await serve((_, response) => {
      holdResponse(response, {
        beforeHead: async () => ({ setCookie: 'sid=1' }),
        failed: (error) => {
          errors.push((error as { code: string }).code);
          // As Koa's error handler does.
          for (const name of response.getHeaderNames()) response.removeHeader(name);
          response.end('sorry');
        },
      });
      // A Trailer header needs chunks, which a declared length rules out.
      response.writeHead(200, { Trailer: 'X-Sum', 'Content-Length': '4' });
      response.end('body');
    });
    const answer = parseAnswer(await exchange(port));
    expect(errors).toEqual(['ERR_HTTP_TRAILER_INVALID']);
    expect(answer.status).toContain('500');
    expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    expect(answer.body).toContain('sorry');
  });

  test('head sent: the answer is broken off, and nobody is called back twice', async () => {
    const errors: unknown[] = [];
    let callbacks = 0;
    const port = await serve((_, response) => {
      response.strictContentLength = true;
      response.on('close', () => errors.push(`${callbacks} callback`));
      holdResponse(response, {
        beforeHead: async () => undefined,
        failed: (error) => errors.push((error as { code: string }).code, response.headersSent, response.destroyed),
      });
      response.writeHead(200, { 'Content-Length': '2' });
      response.write('b', () => {
        callbacks += 1;
      });
      response.end('ody');
    });
    await exchange(port);
    expect(errors).toEqual(['ERR_HTTP_CONTENT_LENGTH_MISMATCH', true, true, '1 callback']);
  });
});

test('the hook fails after Node has refused the output: whoever sends output next is told', async () => {
  const errors: unknown[] = [];
  const port = await serve(async (_, response) => {
    holdResponse(response, {
      beforeHead: () => Promise.reject(storeDown),
      failed: (error) => {
        errors.push(error);
        response.writeHead(503).end('try later');
      },
    });
    expect(() => response.writeHead(99)).toThrow();
    // An unhandled rejection would be raised by now, and fail the run.
    await settle();
    expect(errors).toEqual([]);
    response.end('secret');
  });
  expect(parseAnswer(await exchange(port)).status).toContain('503');
  expect(errors).toEqual([storeDown]);
});

test('a handler that throws before it has sent anything: the error page is held too', async () => {
  const hooks: ResponseHooks & { calls: string[] } = recordHooks({ setCookie: 'sid=1' });
  const port = await serve((_, response) => {
    holdResponse(response, hooks);
    try {
      response.setHeader('Content-Type', 'text/plain');
      throw new Error('a bug');
    } catch {
      response.writeHead(500).end('error page');
    }
  });
  const answer = parseAnswer(await exchange(port));
  expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
  expect(hooks.calls).toEqual(['beforeHead', 'beforeEnd']);
});

describe('output refused after the hook has answered at once', () => {
  const hooks = () => recordHooks({ setCookie: 'sid=1', vary: 'Cookie' });

  test.each<[string, Handler]>([
    ['a bad message', (response) => response.writeHead(200, 'bad\nmessage')],
    ['a bad chunk', (response) => response.end(5)],
    [
      'a bad status',
      (response) => {
        response.statusCode = 99;
        response.end();
      },
    ],
  ])('%s: nothing has been added yet', async (_, handler) => {
    const calls = hooks();
    const port = await serve((__, response) => {
      holdResponse(response, calls);
      expect(() => handler(response)).toThrow();
      expect(response.getHeaderNames()).toEqual([]);
      response.statusMessage = '';
      response.writeHead(500).end('error page');
    });
    const answer = parseAnswer(await exchange(port));
    expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    expect(answer.body).toContain('error page');
    expect(calls.calls).toEqual(['beforeHead', 'beforeEnd']);
  });

  test('what Node finds out last: the headers are added once', async () => {
    const calls = hooks();
    const port = await serve((__, response) => {
      holdResponse(response, calls);
      const contradiction = { Trailer: 'X-Sum', 'Content-Length': '4' };
      expect(() => response.writeHead(200, contradiction)).toThrow(
        expect.objectContaining({ code: 'ERR_HTTP_TRAILER_INVALID' }),
      );
      response.removeHeader('Trailer');
      response.statusCode = 500;
      response.end('oops');
    });
    const answer = parseAnswer(await exchange(port));
    expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    expect(valuesOf(answer, 'Vary')).toEqual(['Cookie']);
    expect(answer.body).toBe('oops');
    expect(calls.calls).toEqual(['beforeHead', 'beforeEnd']);
  });
});
