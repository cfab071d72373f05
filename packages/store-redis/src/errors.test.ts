import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { RedisStoreError, toStoreError } from './errors.js';

describe('a store error', () => {
  it.each([
    ["READONLY You can't write against a read only replica.", 'READONLY', /Connect it to the master/],
    ['LOADING Redis is loading the dataset in memory', 'LOADING', /Try again/],
    ['MOVED 3999 127.0.0.1:6381', 'MOVED', /cluster client/],
    ['ASK 3999 127.0.0.1:6381', 'ASK', /cluster client/],
    ['CLUSTERDOWN The cluster is down', 'CLUSTERDOWN', /CLUSTER INFO/],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM', /noeviction/],
    ['MISCONF Redis is configured to save RDB snapshots, but …', 'MISCONF', /disk/],
    ['NOREPLICAS Not enough good replicas to write.', 'NOREPLICAS', /min-replicas-to-write/],
    ['NOAUTH Authentication required.', 'NOAUTH', /password/],
    ["NOPERM this user has no permissions to run the 'get' command", 'NOPERM', /GETRANGE/],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'WRONGTYPE', /prefix of its own/],
  ])('for "%s" says what to do', (message, reply, advice) => {
    const error = toStoreError(new Error(message), 'update');
    expect(error.reply).toBe(reply);
    expect(error.message).toMatch(advice);
    expect(error.message).toContain(message);
  });

  it('finds the code where servers before Redis 7 put it', () => {
    const message = 'ERR Error running script (call to f_6b1bf): @user_script:9: -OOM command not allowed';
    expect(toStoreError(new Error(message), 'update').reply).toBe('OOM');
  });

  it('finds the code where a cluster client of ioredis puts it', () => {
    const message = 'Too many Cluster redirections. Last error: ReplyError: CLUSTERDOWN The cluster is down';
    expect(toStoreError(new Error(message), 'update').reply).toBe('CLUSTERDOWN');
  });

  it('without an answer speaks of the connection', () => {
    const error = toStoreError(new Error('connect ECONNREFUSED 127.0.0.1:6379'), 'GET');
    expect(error.reply).toBeUndefined();
    expect(error.message).toMatch(/has been connected/);
  });

  // S1: both ways in which a client or the server hands out what a session holds.
  it('never shows the arguments of the command', () => {
    const fromIoredis = Object.assign(new Error('OOM command not allowed'), {
      command: { name: 'evalsha', args: ['sha', '1', 'session:s:id', 'canary'] },
    });
    const fromServer = new Error("ERR unknown command 'EVALSHA', with args beginning with: 'sha' 'canary' ");
    for (const cause of [fromIoredis, fromServer]) {
      const error = toStoreError(cause, 'update');
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary');
      expect(error.cause).toBeInstanceOf(Error);
    }
  });
});

describe('RedisStoreError.is', () => {
  it('knows an error of another copy of the package, where instanceof fails', async () => {
    vi.resetModules();
    const copy = await import('./errors.js');
    const error = new copy.RedisStoreError('failed', 'OOM', undefined);
    expect(error).not.toBeInstanceOf(RedisStoreError);
    expect(RedisStoreError.is(error)).toBe(true);
  });

  it.each([[undefined], [null], ['RedisStoreError'], [{}], [new Error('RedisStoreError')]])(
    'says no to %o',
    (value) => {
      expect(RedisStoreError.is(value)).toBe(false);
    },
  );
});
