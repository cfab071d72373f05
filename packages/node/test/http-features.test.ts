import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type HeadAdditions, holdResponse } from '../src/index.js';
import { createGate, recordHooks } from './hooks.js';
import { exchange, listen, openRaw, parseAnswer, serve, valuesOf } from './serve.js';

const additions: HeadAdditions = { setCookie: 'sid=1' };

/** Hooks that are done at once, and hooks that return a promise: what is sent must be the same. */
const kinds: [string, () => HeadAdditions | Promise<HeadAdditions>][] = [
  ['at once', () => additions],
  ['later', async () => additions],
];

describe.each(kinds)('with a hook that answers %s', (_, beforeHead) => {
  const hold = (response: ServerResponse) => holdResponse(response, { ...recordHooks(), beforeHead });

  test.each([
    ['HEAD / HTTP/1.1', 200, ''],
    ['GET / HTTP/1.1', 204, ''],
    ['GET / HTTP/1.1', 304, ''],
    ['GET / HTTP/1.0', 200, 'body'],
  ])('%s, status %i: body %j', async (start, status, body) => {
    const port = await serve((__, response) => {
      hold(response);
      response.statusCode = status;
      response.write('bo');
      response.end('dy');
    });
    const answer = parseAnswer(await exchange(port, start));
    expect(answer.status).toContain(String(status));
    expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    expect(answer.body).toBe(body);
  });

  test('an implicit head gets a Content-Length, a declared length stays', async () => {
    const port = await serve((request, response) => {
      hold(response);
      if (request.url === '/declared') response.writeHead(200, { 'Content-Length': '4' }).write('bo');
      response.end(request.url === '/declared' ? 'dy' : 'body');
    });
    for (const path of ['/', '/declared']) {
      const answer = parseAnswer(await exchange(port, `GET ${path} HTTP/1.1`));
      expect(valuesOf(answer, 'Content-Length')).toEqual(['4']);
      expect(answer.body).toBe('body');
    }
  });

  test('trailers', async () => {
    const port = await serve((__, response) => {
      hold(response);
      response.writeHead(200, { Trailer: 'X-Sum' });
      response.write('body');
      response.addTrailers({ 'X-Sum': '42' });
      response.end();
    });
    expect(parseAnswer(await exchange(port)).body).toBe('4\r\nbody\r\n0\r\nX-Sum: 42\r\n\r\n');
  });

  test('requests on a kept connection, pipelined, are answered in order', async () => {
    const port = await serve((request, response) => {
      hold(response);
      response.end(`answer ${request.url}`);
    });
    const requests = ['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\nHost: test\n\n`).join('');
    const client = openRaw(port, requests);
    const bodies = (await client.until('answer /3')).match(/answer \/\d/g);
    client.socket.destroy();
    expect(bodies).toEqual(['answer /1', 'answer /2', 'answer /3']);
  });

  test('Expect: 100-continue', async () => {
    const server = createServer();
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      hold(response);
      response.writeContinue();
      request.resume().on('end', () => response.end('thanks'));
    });
    const port = await listen(server);
    const head = 'POST / HTTP/1.1\nHost: test\nConnection: close\nContent-Length: 4\nExpect: 100-continue\n\n';
    const client = openRaw(port, head);
    expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.socket.write('body');
    const raw = await client.closed();
    expect(raw.slice('HTTP/1.1 100 Continue\r\n\r\n'.length)).toMatch(/^HTTP\/1\.1 200 OK.*sid=1.*thanks$/s);
  });

  test('Expect: 100-continue, refused: the connection is closed', async () => {
    const server = createServer();
    server.on('checkContinue', (__, response: ServerResponse) => {
      hold(response);
      response.writeHead(417).end();
    });
    const port = await listen(server);
    const client = openRaw(port, 'POST / HTTP/1.1\nHost: test\nContent-Length: 4\nExpect: 100-continue\n\n');
    expect(valuesOf(parseAnswer(await client.closed()), 'Connection')).toEqual(['close']);
  });

  test("a response of a subclass, as frameworks' and test tools' are", async () => {
    class OwnResponse extends ServerResponse {}
    const server = createServer({ ServerResponse: OwnResponse }, (__, response) => {
      hold(response);
      response.end('own');
    });
    expect(parseAnswer(await exchange(await listen(server))).body).toBe('own');
  });
});

test('informational answers are not held back', async () => {
  const gate = createGate<HeadAdditions>();
  const port = await serve((_, response) => {
    holdResponse(response, { ...recordHooks(), beforeHead: () => gate.promise });
    response.writeProcessing();
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('body');
  });
  const client = openRaw(port, 'GET / HTTP/1.1\nHost: test\nConnection: close\n\n');
  const early = await client.until('preload\r\n\r\n');
  expect(early).toMatch(/^HTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 103 Early Hints\r\nLink: [^\r]+\r\n\r\n$/s);
  gate.open(additions);
  expect(await client.closed()).toMatch(/200 OK.*sid=1.*body$/s);
});

test('an answer held while the one before it is still being sent waits for both', async () => {
  const first = createGate<HeadAdditions>();
  const second = createGate<HeadAdditions>();
  const ended = createGate();
  const port = await serve((request, response) => {
    const gate = request.url === '/1' ? first : second;
    holdResponse(response, { ...recordHooks(), beforeHead: () => gate.promise });
    response.end(`answer ${request.url}`);
    if (request.url === '/2') ended.open(undefined);
  });
  const client = openRaw(port, 'GET /1 HTTP/1.1\nHost: test\n\nGET /2 HTTP/1.1\nHost: test\nConnection: close\n\n');
  await ended.promise;
  first.open({ setCookie: 'sid=1' });
  expect(await client.until('answer /1')).not.toContain('answer /2');
  second.open({ setCookie: 'sid=2' });
  expect(await client.closed()).toMatch(/sid=1.*answer \/1.*sid=2.*answer \/2$/s);
});

test('the client of node:http sees nothing unusual', async () => {
  const port = await serve((_, response) => {
    holdResponse(response, { ...recordHooks(), beforeHead: async () => additions });
    response.writeHead(201, 'Made', [['X-One', '1']] as never);
    response.end('body');
  });
  const request = httpRequest({ port, host: '127.0.0.1' }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += chunk;
  expect([response.statusCode, response.statusMessage, response.headers['x-one'], body]).toEqual([
    201,
    'Made',
    '1',
    'body',
  ]);
});
