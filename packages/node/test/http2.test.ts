import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import {
  type ClientHttp2Session,
  connect,
  createSecureServer,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
} from 'node:http2';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { session as createSessions, type HeadAdditions, holdResponse } from '../src/index.js';
import { createGate, recordHooks, settle } from './hooks.js';
import { listen } from './serve.js';
import { tlsClient, tlsServer } from './tls.js';

type Handler = (response: Http2ServerResponse, request: Http2ServerRequest) => unknown;

const protocols = { plain: 'http', tls: 'https' } as const;

async function start(handler: Handler, kind: keyof typeof protocols = 'plain'): Promise<ClientHttp2Session> {
  const server: Http2Server = kind === 'tls' ? createSecureServer(tlsServer) : createServer();
  server.on('request', (request: Http2ServerRequest, response: Http2ServerResponse) => handler(response, request));
  const port = await listen(server);
  const session = connect(`${protocols[kind]}://127.0.0.1:${port}`, kind === 'tls' ? tlsClient : {});
  onTestFinished(() => session.destroy());
  return session;
}

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders | undefined;
  readonly body: string;
  /** The error code of the stream, 0 if it came to its end. */
  readonly code: number | undefined;
}

async function fetchFrom(session: ClientHttp2Session, method = 'GET'): Promise<Answer> {
  const stream = session.request({ ':path': '/', ':method': method });
  let headers: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders | undefined;
  let body = '';
  stream.on('response', (received) => {
    headers = received;
  });
  stream.on('trailers', (received) => {
    trailers = received;
  });
  stream.on('error', () => undefined);
  stream.setEncoding('utf8').on('data', (chunk) => {
    body += chunk;
  });
  await new Promise((resolve) => stream.on('close', resolve));
  return { headers, trailers, body, code: stream.rstCode };
}

const additions: HeadAdditions = { setCookie: 'sid=1', vary: 'Cookie', noStore: true };

const kinds: [string, () => HeadAdditions | Promise<HeadAdditions>][] = [
  ['at once', () => additions],
  ['later', () => settle().then(() => additions)],
];

describe.each(kinds)('with a hook that answers %s', (_, beforeHead) => {
  const hold = (response: Http2ServerResponse) => holdResponse(response, { ...recordHooks(), beforeHead });

  test.each<[string, Handler, Partial<Answer>]>([
    ['end', (response) => response.end('body'), { body: 'body' }],
    ['write and end', (response) => response.write('bo') || response.end('dy'), {}],
    ['writeHead with an object', (response) => response.writeHead(201, { 'x-one': '1' }).end('body'), { body: 'body' }],
    [
      'writeHead with a list',
      (response) => response.writeHead(201, ['x-one', '1'] as never).end('body'),
      { body: 'body' },
    ],
    ['a pipe', (response) => Readable.from(['bo', 'dy']).pipe(response), { body: 'body' }],
    [
      'flushHeaders',
      async (response) => {
        (response as unknown as ServerResponse).flushHeaders();
        await settle();
        response.end('body');
      },
      { body: 'body' },
    ],
    [
      'trailers',
      (response) => {
        response.write('body');
        response.addTrailers({ 'x-sum': '42' });
        response.end();
      },
      { body: 'body', trailers: expect.objectContaining({ 'x-sum': '42' }) },
    ],
  ])('%s', async (name, handler, expected) => {
    const session = await start((response, request) => {
      hold(response);
      response.setHeader('Set-Cookie', 'a=1');
      handler(response, request);
      if (name === 'write and end' && !response.writableEnded) response.end('dy');
    });
    const answer = await fetchFrom(session);
    expect(answer.headers).toMatchObject({
      'set-cookie': ['a=1', 'sid=1'],
      vary: 'Cookie',
      'cache-control': 'no-store',
    });
    expect(answer).toMatchObject(expected);
    expect(answer.headers['x-one']).toBe(name.startsWith('writeHead') ? '1' : undefined);
    expect(answer.code).toBe(0);
  });

  test('HEAD', async () => {
    const session = await start((response) => {
      hold(response);
      response.end('body');
    });
    const answer = await fetchFrom(session, 'HEAD');
    expect(answer.headers['set-cookie']).toEqual(['sid=1']);
    expect(answer.body).toBe('');
  });

  test('over TLS', async () => {
    const session = await start((response) => {
      hold(response);
      response.end('body');
    }, 'tls');
    expect((await fetchFrom(session)).headers['set-cookie']).toEqual(['sid=1']);
  });

  test('on a Node without appendHeader', async () => {
    const session = await start((response) => {
      Object.assign(response, { appendHeader: undefined });
      hold(response);
      response.writeHead(200, { 'set-cookie': 'a=1' }).end();
    });
    expect((await fetchFrom(session)).headers['set-cookie']).toEqual(['a=1', 'sid=1']);
  });
});

test('while held, the head is sealed and the end is the end; informational answers pass', async () => {
  const gate = createGate<undefined>();
  const seen: unknown[] = [];
  const codeOf = (change: () => unknown) => {
    try {
      change();
      return 'nothing thrown';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const session = await start((response) => {
    holdResponse(response, { ...recordHooks(), beforeHead: () => gate.promise });
    response.setHeader('a', '0');
    const { setHeader } = response;
    const wrapped: typeof setHeader = (...args) => setHeader.apply(response, args);
    response.setHeader = wrapped;
    const before = Object.getOwnPropertyNames(response).length;
    seen.push(response.write('a'), response.headersSent, response.writableEnded);
    // Middleware such as `compression` asks in this way.
    seen.push((response as unknown as { _header: boolean })._header);
    seen.push(codeOf(() => response.setHeader('a', 'b')));
    seen.push(codeOf(() => response.appendHeader('a', 'b')));
    seen.push(codeOf(() => response.removeHeader('a')));
    seen.push(codeOf(() => response.writeHead(200)));
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('b');
    seen.push(response.writableEnded, response.stream.headersSent);
    response.statusCode = 500;
    gate.open(undefined);
    response.on('finish', () => {
      seen.push(Object.getOwnPropertyNames(response).length === before, response.setHeader === wrapped);
    });
  });
  const stream = session.request({ ':path': '/' });
  const early = once(stream, 'headers');
  const response = once(stream, 'response');
  expect((await early)[0]).toMatchObject({ ':status': 103 });
  expect((await response)[0]).toMatchObject({ ':status': 200 });
  stream.resume();
  await once(stream, 'close');
  const sent = 'ERR_HTTP2_HEADERS_SENT';
  expect(seen).toEqual([true, true, false, true, sent, sent, sent, sent, true, false, true, true]);
});

test('nothing arrives before the hook has answered', async () => {
  const gate = createGate<HeadAdditions>();
  const reached = createGate();
  const session = await start((response) => {
    holdResponse(response, { ...recordHooks(), beforeHead: () => gate.promise });
    response.end('body');
    reached.open(undefined);
  });
  let hasArrived = false;
  const answer = fetchFrom(session).finally(() => {
    hasArrived = true;
  });
  await reached.promise;
  await new Promise((resolve) => session.ping(resolve));
  expect(hasArrived).toBe(false);
  gate.open(additions);
  expect((await answer).headers['set-cookie']).toEqual(['sid=1']);
});

test('a failure: another answer takes the place of the discarded one', async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.name);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const session = await start(async (response) => {
    holdResponse(response, {
      beforeHead: () => Promise.reject(new Error('store down')),
      failed: () => {
        response.statusCode = 503;
        response.end('try later');
      },
    });
    response.writeHead(200, { 'content-type': 'text/plain', etag: '"1"' });
    response.write('secret');
    await settle();
    response.end('secret');
  });
  const answer = await fetchFrom(session);
  expect(answer).toMatchObject({ headers: { ':status': 503 }, body: 'try later', code: 0 });
  expect(Object.keys(answer.headers).sort()).toEqual([':status', 'date']);
  await settle();
  expect(warnings).toEqual([]);
});

test('a failure of beforeEnd resets the stream: the client knows that the answer is not whole', async () => {
  const failed = createGate<unknown>();
  const session = await start((response) => {
    holdResponse(response, {
      ...recordHooks(),
      beforeEnd: () => Promise.reject(new Error('store down')),
      failed: failed.open,
    });
    response.write('part');
    response.end('rest');
  });
  const answer = await fetchFrom(session);
  expect(answer.body).not.toContain('rest');
  expect(answer.code).not.toBe(0);
  expect(await failed.promise).toEqual(new Error('store down'));
});

test('the client resets the stream while the hook is at work', async () => {
  const gate = createGate<HeadAdditions>();
  const reached = createGate<Http2ServerResponse>();
  const hooks = recordHooks();
  const session = await start((response) => {
    holdResponse(response, { ...hooks, beforeHead: () => gate.promise });
    response.write('a');
    reached.open(response);
  });
  const stream = session.request({ ':path': '/' });
  stream.on('error', () => undefined);
  const response = await reached.promise;
  const closed = once(response, 'close');
  stream.close();
  await closed;
  response.end('b');
  gate.open(additions);
  await settle();
  expect(hooks.calls).toEqual(['beforeEnd']);
});

test('the client resets the stream before the session is stored: it came over HTTPS all the same', async () => {
  const sessions = createSessions({ cookie: { secure: true } });
  const events: string[] = [];
  sessions.on('created', () => events.push('created'));
  sessions.on('insecure', () => events.push('insecure'));
  const reached = createGate<Http2ServerResponse>();
  const done = createGate();
  const session = await start(async (response, request) => {
    await sessions.run(request, response, async (visit) => {
      const closed = once(response, 'close');
      reached.open(response);
      await closed;
      visit.name = 'Ada';
      response.end();
    });
    done.open(undefined);
  }, 'tls');
  const stream = session.request({ ':path': '/' });
  stream.on('error', () => undefined);
  await reached.promise;
  stream.close();
  await done.promise;

  expect(events).toEqual(['created']);
});
