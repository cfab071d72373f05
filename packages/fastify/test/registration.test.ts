import fastify, { type FastifyInstance } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { session } from '../src/index.js';

type Options = Parameters<typeof session>[0];

function createApp(): FastifyInstance {
  const app = fastify();
  onTestFinished(() => app.close());
  return app;
}

/** What starting an application ends in, with the plugin registered so. */
async function start(plugin: unknown, options?: object): Promise<void> {
  await createApp().register(plugin as never, options as never);
}

// An error that a plugin throws at once, before it has returned a promise, would end the process.
test('register(session, options) says what to write', async () => {
  await expect(start(session, { secret: 'k' })).rejects.toMatchObject({
    code: 'ERR_SESS_CONFIG',
    message: expect.stringMatching(
      /app\.register\(session\(\{ secret \}\)\), not app\.register\(session, \{ secret \}\)/,
    ),
  });
});

test('so does session(app)', () => {
  expect(() => session(createApp() as never)).toThrow(/app\.register\(session\(\{ secret \}\)\)/);
});

test('options of sessions that are given to register are refused, not passed over', async () => {
  await expect(start(session({}), { idleTimeout: '5m', cookie: { name: 'mine' } })).rejects.toMatchObject({
    code: 'ERR_SESS_CONFIG',
    message: expect.stringMatching(/idleTimeout, cookie.*register\(session\(\{ idleTimeout: … \}\)\)/),
  });
});

test('what is Fastify’s own may be given to it', async () => {
  await start(session({}), { prefix: '/shop', logLevel: 'warn', logSerializers: {} });
  await start(session({}), {});
});

test.each([
  [{ rolling: true }, /touchEvery/],
  [{ saveUninitialized: false }, /once something is written/],
  [{ cookieName: 'sessionId' }, /cookie\.name/],
  [{ cookiePrefix: 's:' }, /has no counterpart/],
  [{ idGenerator: () => '1' }, /cryptographic generator/],
  [{ store: { get() {}, set() {}, destroy() {} } }, /revive a destroyed session/],
])('an option of @fastify/session, %o, is refused with a remedy', (options, remedy) => {
  expect(() => session(options as unknown as Options)).toThrow(remedy);
});

test('a call without options says what to write', () => {
  expect(() => (session as unknown as () => void)()).toThrow(/session\(\{\}\)/);
});
