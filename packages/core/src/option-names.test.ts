import { expect, test } from 'vitest';
import { refuseUnknownOptions } from './option-names.js';

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
