import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { connect, createServer as createHttp2Server, createSecureServer } from 'node:http2';
import { createServer as createHttpsServer, request as httpsRequest } from 'node:https';
import { describe, expect, onTestFinished, test } from 'vitest';
import { exchange, listen, serve } from '../test/serve.js';
import { tlsClient, tlsServer } from '../test/tls.js';
import { isEncrypted, type NodeRequest, readProtocolHint } from './index.js';

describe('isEncrypted', () => {
  const answer = (request: NodeRequest, response: { end(body: string): unknown }) =>
    response.end(`encrypted: ${isEncrypted(request)}`);

  test('over HTTP, false, whatever the headers say', async () => {
    const port = await serve(answer);
    expect(await exchange(port, 'GET / HTTP/1.1\nX-Forwarded-Proto: https')).toContain('encrypted: false');
  });

  test('over HTTPS, true', async () => {
    const port = await listen(createHttpsServer(tlsServer, answer));
    const request = httpsRequest({ port, host: '127.0.0.1', ...tlsClient, agent: false } as never).end();
    const [response] = await once(request, 'response');
    expect((await response.setEncoding('utf8').toArray()).join('')).toBe('encrypted: true');
  });

  test.each([
    ['http', false],
    ['https', true],
  ])('over HTTP/2 by %s, %s', async (protocol, expected) => {
    const server = protocol === 'https' ? createSecureServer(tlsServer, answer) : createHttp2Server(answer);
    const session = connect(`${protocol}://127.0.0.1:${await listen(server)}`, tlsClient);
    onTestFinished(() => session.destroy());
    const stream = session.request({ ':path': '/' }).setEncoding('utf8');
    expect((await stream.toArray()).join('')).toBe(`encrypted: ${expected}`);
  });

  test('when the connection is gone, false', () => {
    expect(isEncrypted({ socket: null } as never)).toBe(false);
  });
});

describe('readProtocolHint', () => {
  const hintOf = (headers: IncomingHttpHeaders) => readProtocolHint({ headers } as NodeRequest);

  test.each<[IncomingHttpHeaders, string | undefined]>([
    [{}, undefined],
    [{ 'x-forwarded-proto': 'https' }, 'https'],
    [{ 'x-forwarded-proto': 'HTTPS , http' }, 'https'],
    [{ 'x-forwarded-proto': 'http, https' }, 'http'],
    [{ 'x-forwarded-proto': ['https', 'http'] }, 'https'],
    [{ 'x-forwarded-proto': 'gopher' }, undefined],
    [{ 'x-forwarded-proto': '' }, undefined],
    [{ forwarded: 'for=192.0.2.1;proto=https;by=203.0.113.1' }, 'https'],
    [{ forwarded: 'For="[2001:db8::1]:80"; Proto="http", for=192.0.2.1;proto=https' }, 'http'],
    [{ forwarded: 'for=192.0.2.1' }, undefined],
    [{ forwarded: 'proto' }, undefined],
    [{ forwarded: 'proto=https', 'x-forwarded-proto': 'http' }, 'https'],
    [{ forwarded: 'proto=http', 'x-forwarded-proto': 'https' }, 'https'],
  ])('%j: %s', (headers, expected) => {
    expect(hintOf(headers)).toBe(expected);
  });

  test('as Node joins repeated headers', async () => {
    const port = await serve((request, response) => response.end(`hint: ${readProtocolHint(request)}`));
    const start = 'GET / HTTP/1.1\nX-Forwarded-Proto: https\nX-Forwarded-Proto: http';
    expect(await exchange(port, start)).toContain('hint: https');
  });
});
