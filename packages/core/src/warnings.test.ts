import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SessionEvents } from './events.js';
import { EventHub } from './events.js';
import { warnOfDefaultStore, warnOfInsecurity } from './warnings.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

const problem: SessionEvents['insecure'] = { problem: 'proxy-not-trusted', remedy: 'Trust it.' };

describe('a kind of insecurity is said once for each manager', () => {
  const cause = () => {
    const hub = new EventHub();
    warnOfInsecurity(hub);
    hub.emit('insecure', problem);
    hub.emit('insecure', problem);
  };

  test('as a warning of the process', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    cause();
    expect(warn.mock.calls).toEqual([['Trust it.', { type: 'SessWarning', code: 'SESS_PROXY_NOT_TRUSTED' }]]);
  });

  test.each([undefined, { env: {} }])('on the console, where the process is %j', (process) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.stubGlobal('process', process);
    cause();
    expect(warn.mock.calls).toEqual([['SessWarning [SESS_PROXY_NOT_TRUSTED]: Trust it.']]);
  });
});

describe('memory in place of a store', () => {
  test('is said in production', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    vi.stubEnv('NODE_ENV', 'development');
    warnOfDefaultStore();
    expect(warn).not.toHaveBeenCalled();
    vi.stubEnv('NODE_ENV', 'production');
    warnOfDefaultStore();
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('memoryStore()'), expect.anything());
  });

  test('is not said where nothing tells production', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.stubGlobal('process', undefined);
    warnOfDefaultStore();
    expect(warn).not.toHaveBeenCalled();
  });
});
