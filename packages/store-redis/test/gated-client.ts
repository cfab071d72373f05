import type { IoredisClient, RedisClient } from '../src/index.js';

/** A client whose commands can be held on their way to the server. */
export interface GatedClient {
  readonly client: RedisClient;
  /**
   * Holds the `nth` command (the first, unless told otherwise) on a key that begins with `keyPrefix`: `reached` resolves
   * when it is there, and it goes on at `release`.
   */
  hold(keyPrefix: string, nth?: number): { readonly reached: Promise<void>; release(): void };
}

/** Puts a gate before an ioredis client. */
export function gate(inner: RedisClient): GatedClient {
  const target = inner as IoredisClient;
  let gateway: ((key: string) => Promise<void> | undefined) | undefined;
  const client: IoredisClient = {
    get: async (key) => {
      await gateway?.(key);
      return target.get(key);
    },
    eval: (source, count, ...rest) => target.eval(source, count, ...rest),
    evalsha: async (sha1, count, ...rest) => {
      await gateway?.(rest[0] ?? '');
      return target.evalsha(sha1, count, ...rest);
    },
  };
  const hold = (keyPrefix: string, nth = 1) => {
    const reached = withResolvers();
    const released = withResolvers();
    let left = nth;
    gateway = (key) => {
      if (!key.startsWith(keyPrefix)) return undefined;
      left--;
      if (left !== 0) return undefined;
      reached.resolve();
      return released.promise;
    };
    return { reached: reached.promise, release: released.resolve };
  };
  return { client, hold };
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
