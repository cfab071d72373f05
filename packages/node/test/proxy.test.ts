import { expect, onTestFinished, test, vi } from 'vitest';
import { session } from '../src/index.js';
import { exchange, serve } from './serve.js';

test.each([
  ['auto', 'SESS_PROXY_NOT_TRUSTED'],
  [true, 'SESS_SECURE_COOKIE_OVER_HTTP'],
] as const)('behind a proxy that nobody has told of, secure: %s says what to do', async (secure, code) => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const sessions = session({ cookie: { secure } });
  const port = await serve((request, response) =>
    sessions.run(request, response, (visit) => {
      visit.name = 'Ada';
      response.end();
    }),
  );
  await exchange(port, 'GET / HTTP/1.1\nX-Forwarded-Proto: https');

  expect(warn.mock.calls).toEqual([[expect.stringContaining('trustProxy: true'), { type: 'SessWarning', code }]]);
});
