import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { configError, SessError, type SessErrorCode } from './errors.js';

describe('SessError', () => {
  test('is an error with a code, a message, a cause and an HTTP status', () => {
    const cause = new Error('disk full');
    const error = new SessError('ERR_SESS_STORE', 'The store failed.', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'SessError',
      code: 'ERR_SESS_STORE',
      message: 'The store failed.',
      status: 503,
    });
    expect(error.cause).toBe(cause);
    expect(String(error)).toBe('SessError: The store failed.');
  });

  test('HOSTILE, log injection: its message is one line without control characters, whatever a key or a store holds', () => {
    const { message, stack } = new SessError(
      'ERR_SESS_DATA',
      'session.a\r\n[login] admin\u001b[2J\u0085\u2028 is a function',
    );
    expect(message).toBe('session.a\\u000d [login] admin\\u001b[2J\\u0085\\u2028 is a function');
    expect(stack?.split('\n')[0]).toBe(`SessError: ${message}`);
  });

  test.each<[SessErrorCode, number]>([
    ['ERR_SESS_CONFIG', 500],
    ['ERR_SESS_DATA', 500],
    ['ERR_SESS_ENDED', 409],
    ['ERR_SESS_CONFLICT', 409],
    ['ERR_SESS_CONTENDED', 503],
    ['ERR_SESS_STORE', 503],
    ['ERR_SESS_STORE_TIMEOUT', 503],
    ['ERR_SESS_LIMIT', 403],
    ['ERR_SESS_STALE', 401],
    ['ERR_SESS_HEADERS_SENT', 500],
    ['ERR_SESS_UNSUPPORTED', 500],
  ])('%s is answered with %i', (code, status) => {
    expect(new SessError(code, '').status).toBe(status);
  });

  test('is recognised by `is`, of any code or of one', () => {
    const error: unknown = new SessError('ERR_SESS_LIMIT', '');
    expect(SessError.is(error)).toBe(true);
    expect(SessError.is(error, 'ERR_SESS_LIMIT')).toBe(true);
    expect(SessError.is(error, 'ERR_SESS_DATA')).toBe(false);
  });

  test.each<[unknown]>([[undefined], [null], [7], ['SessError'], [{}], [{ code: 'ERR_SESS_DATA' }], [new Error('x')]])(
    '%o is none',
    (value) => {
      expect(SessError.is(value)).toBe(false);
    },
  );

  test('is recognised across two copies of the package, where instanceof fails', async () => {
    vi.resetModules();
    const copy = await import('./errors.js');
    const error = new copy.SessError('ERR_SESS_DATA', '');
    expect(error).not.toBeInstanceOf(SessError);
    expect(SessError.is(error, 'ERR_SESS_DATA')).toBe(true);
    const foreign: unknown = runInNewContext("({ [Symbol.for('sess.error')]: true, code: 'ERR_SESS_DATA' })");
    expect(SessError.is(foreign, 'ERR_SESS_DATA')).toBe(true);
  });
});

test('configError is a SessError of code ERR_SESS_CONFIG', () => {
  expect(configError('Write another.')).toMatchObject({ code: 'ERR_SESS_CONFIG', message: 'Write another.' });
});
