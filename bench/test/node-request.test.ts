import { describe, expect, it } from 'vitest';
import { sendThrough, toCookieHeader } from '../src/node-request.js';

describe('sendThrough', () => {
  it('hands over path and cookie, and answers with status and cookies however they were set', async () => {
    const answer = await sendThrough(
      (request, response) => {
        expect(request.url).toBe('/path');
        expect(request.headers.cookie).toBe('a=1');
        response.setHeader('Set-Cookie', ['b=2; Path=/', 'c=3']);
        response.writeHead(418, { 'X-Other': '1' });
        response.end('body');
      },
      '/path',
      'a=1',
    );

    expect(answer).toEqual({ status: 418, cookie: 'b=2; c=3' });
  });

  it('sees cookies that only writeHead was given', async () => {
    const answer = await sendThrough(
      (_, response) => response.writeHead(200, { 'set-cookie': 'a=1; HttpOnly' }).end(),
      '/',
      undefined,
    );

    expect(answer.cookie).toBe('a=1');
  });
});

describe('toCookieHeader', () => {
  it('is undefined without cookies', () => {
    expect(toCookieHeader([])).toBeUndefined();
  });
});
