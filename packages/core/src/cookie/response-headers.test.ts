import { expect, test } from 'vitest';
import { cacheControlWithCookie, varyWithCookie } from './response-headers.js';

test.each([
  [undefined, 'no-store'],
  ['public', 'no-store'],
  ['Public, max-age=60', 'no-store'],
  ['max-age=60, s-maxage=10', 'no-store'],
  ['private, max-age=60', 'private, max-age=60'],
  ['no-store', 'no-store'],
  ['max-age=60', 'no-store'],
  ['no-cache', 'no-store'],
  ['private="x-name", max-age=60', 'no-store'],
  ['private, s-maxage=60', 'no-store'],
  ['must-understand, no-store, max-age=60', 'no-store'],
])('HOSTILE, shared-cache leak: with a cookie, %s becomes %s', (own, sent) => {
  expect(cacheControlWithCookie(own)).toBe(sent);
});

test.each([
  [undefined, 'Cookie'],
  ['', 'Cookie'],
  ['Accept', 'Accept, Cookie'],
  ['Accept,Origin', 'Accept, Origin, Cookie'],
  ['accept, cookie', 'accept, cookie'],
  ['Accept, *', 'Accept, *'],
])('of a response that depends on the session, Vary %j becomes %j', (own, sent) => {
  expect(varyWithCookie(own)).toBe(sent);
});
