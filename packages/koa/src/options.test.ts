import { expect, test } from 'vitest';
import { session } from './index.js';

type Options = Parameters<typeof session>[0];

test.each([
  [{ key: 'koa.sess' }, /cookie\.name/],
  [{ maxAge: 86_400_000 }, /cookie\.maxAge/],
  [{ secure: true }, /cookie\.secure/],
  [{ httpOnly: false }, /always HttpOnly/],
  [{ rolling: true }, /touchEvery/],
  [{ store: { get() {}, set() {}, destroy() {} } }, /revive a destroyed session/],
])('an option of koa-session, %o, is refused with a remedy', (options, remedy) => {
  expect(() => session(options as unknown as Options)).toThrow(remedy);
});

test('the options of Sess are not', () => {
  expect(() => session({ secret: 'k', cookie: { name: 'koa.sess', maxAge: 86_400_000 } })).not.toThrow();
});

test('a call without options says what to write', () => {
  expect(() => (session as unknown as () => void)()).toThrow(/session\(\{\}\)/);
});
