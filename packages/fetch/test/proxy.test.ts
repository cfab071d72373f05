import type { SessionEvents } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { type FetchSessionOptions, session } from '../src/index.js';

const remedy = "isHttps: (request) => request.headers.get('x-forwarded-proto') === 'https'";

/** What is said of a request that begins a session, as it comes from a proxy that ends TLS. */
async function ask(
  headers: Record<string, string>,
  options: FetchSessionOptions<Record<string, unknown>> = {},
  url = 'http://example.com/',
) {
  const sessions = session(options);
  const said: SessionEvents['insecure'][] = [];
  sessions.on('insecure', (event) => said.push(event));
  const response = await sessions.handle(new Request(url, { headers }), (visit) => {
    visit.name = 'Ada';
    return new Response();
  });
  return { said, cookies: response.headers.getSetCookie() };
}

describe('behind a proxy that nobody has told of', () => {
  test.each([
    { 'x-forwarded-proto': 'https' },
    { 'x-forwarded-proto': 'https, http' },
    { forwarded: 'for=::1;proto=https' },
  ])('%j: a cookie without Secure, and how to tell', async (headers) => {
    const { said, cookies } = await ask(headers);

    expect(cookies).toEqual([expect.not.stringContaining('Secure')]);
    expect(said).toEqual([{ problem: 'proxy-not-trusted', remedy: expect.stringContaining(remedy) }]);
  });

  test('secure: true: no cookie, and how to tell', async () => {
    const { said, cookies } = await ask({ 'x-forwarded-proto': 'https' }, { cookie: { secure: true } });

    expect(cookies).toEqual([]);
    expect(said[0]).toEqual({ problem: 'secure-cookie-over-http', remedy: expect.stringContaining(remedy) });
  });
});

test('nothing is said where all is well', async () => {
  const isHttps = (request: Request) => request.headers.get('x-forwarded-proto') === 'https';
  const forwarded = { 'x-forwarded-proto': 'https' };

  expect((await ask({})).said).toEqual([]);
  expect((await ask({ 'x-forwarded-proto': 'http' })).said).toEqual([]);
  expect((await ask(forwarded, { cookie: { secure: false } })).said).toEqual([]);
  expect((await ask(forwarded, {}, 'https://example.com/')).said).toEqual([]);
  const told = await ask(forwarded, { isHttps });
  expect(told.said).toEqual([]);
  expect(told.cookies).toEqual([expect.stringMatching(/; Secure$/)]);
});
