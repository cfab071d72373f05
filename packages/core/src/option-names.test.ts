import { expect, test } from 'vitest';
import { SessError } from './errors.js';
import { refuseUnknownOptions, refuseUnknownStoreOptions } from './option-names.js';

test.each([
  [{ idleTimout: '5m' }, /There is no option idleTimout\. There are: .*idleTimeout/],
  [{ cookie: null }, /^cookie is null; it takes an object/],
  [{ cookie: 'sid' }, /^cookie is "sid"; it takes an object/],
  [{ cookie: { expires: 1 } }, /There is no option cookie\.expires\. There are: .*cookie\.maxAge/],
  [{ remember: 'yes' }, /^remember is "yes"; it takes an object/],
  [{ remember: { idleTimout: '5m' } }, /There is no option remember\.idleTimout\. There are: remember\.idleTimeout,/],
])('%o is refused, with what there is', (options, message) => {
  expect(() => refuseUnknownOptions(options as Parameters<typeof refuseUnknownOptions>[0])).toThrow(message);
});

test('an adapter’s own options are known', () => {
  const options = { trustProxy: true };

  expect(() => refuseUnknownOptions(options as object, ['trustProxy'])).not.toThrow();
  expect(() => refuseUnknownOptions(options as object)).toThrow('trustProxy');
});

test.each([
  [{ prefx: 'a' }, 'aStore: there is no option prefx. There are: client, prefix.'],
  [
    { ttl: 60 },
    'aStore: there is no option ttl: a session lives as long as `idleTimeout` and `absoluteTimeout` of session() say.',
  ],
  [{ max: 5 }, 'aStore: there is no option max: it is called `limit`. There are'],
  [{ toString: 1 }, 'there is no option toString. There'],
  [undefined, 'aStore takes an object of options, not undefined. There are: client, prefix.'],
  [null, 'not null'],
  // The url of a server may hold a password.
  ['redis://:canary@host', 'aStore takes an object of options, not a string. There'],
])('a store refuses %o, with what there is', (options, message) => {
  const refusal = () =>
    refuseUnknownStoreOptions('aStore', options, { client: true, prefix: true }, { max: 'it is called `limit`' });

  expect(refusal).toThrow(message);
  expect(refusal).not.toThrow('canary');
  expect(refusal).toThrow(expect.toSatisfy((error) => SessError.is(error, 'ERR_SESS_CONFIG')));
});

test('a store takes what it knows', () => {
  expect(() => refuseUnknownStoreOptions('aStore', { client: 1 }, { client: true, prefix: true })).not.toThrow();
  expect(() => refuseUnknownStoreOptions('aStore', {}, {})).not.toThrow();
});
