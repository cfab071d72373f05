import { SessError } from '@sess/core';
import { toStoreError } from './errors.js';
import { readScript, type Script } from './scripts.js';

/** What the store needs of a node-redis client: 5 or 6, one connection, a pool, a cluster or a Sentinel. */
export interface NodeRedisClient {
  get(key: string): Promise<unknown>;
  eval(script: string, options: ScriptOptions): Promise<unknown>;
  evalSha(sha1: string, options: ScriptOptions): Promise<unknown>;
}

/** What the store needs of an ioredis client: 5 or 6, `Redis` or `Cluster`. */
export interface IoredisClient {
  get(key: string): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** Any client the store can work with. */
export type RedisClient = NodeRedisClient | IoredisClient;

interface ScriptOptions {
  keys: string[];
  arguments: string[];
}

/**
 * The two things the store ever asks of Redis, the same for every client. Both reject with a `RedisStoreError`, or with
 * `ERR_SESS_CONFIG` for a pool that turns out to read stale data.
 */
export interface RedisCommands {
  /** The string at `key`; `undefined` when there is no key. One round trip. */
  get(key: string): Promise<string | undefined>;
  /** The reply of `script` run on `key`. One round trip; one more when the server did not know the script yet. */
  run(script: Script, key: string, args: readonly string[]): Promise<unknown>;
}

/** Gives `client` the one shape the store works with. */
export function toCommands(client: RedisClient): RedisCommands {
  const scripts = 'evalSha' in client ? nodeRedisCalls(client) : ioredisCalls(client);
  const get = maySendReadsAway(client)
    ? (key: string) => runByHash(scripts, readScript, key, [])
    : (key: string) => client.get(key);
  const check = createPoolCheck(client);
  return {
    get: (key) => attempt('GET', check, async () => toText(await get(key))),
    run: (script, key, args) => attempt(script.name, check, () => runByHash(scripts, script, key, args)),
  };
}

async function attempt<T>(command: string, check: PoolCheck | undefined, act: () => Promise<T>): Promise<T> {
  try {
    if (check !== undefined) await check();
    return await act();
  } catch (error) {
    throw SessError.is(error) ? error : toStoreError(error, command);
  }
}

async function runByHash(scripts: ScriptCalls, script: Script, key: string, args: readonly string[]): Promise<unknown> {
  try {
    return await scripts.evalSha(script.sha1, key, args);
  } catch (error) {
    // A server that restarted, failed over or was flushed has forgotten its scripts. It ran nothing.
    if (!isNoScript(error)) throw error;
    return scripts.eval(script.source, key, args);
  }
}

interface ScriptCalls {
  eval(source: string, key: string, args: readonly string[]): Promise<unknown>;
  evalSha(sha1: string, key: string, args: readonly string[]): Promise<unknown>;
}

function nodeRedisCalls(client: NodeRedisClient): ScriptCalls {
  return {
    eval: (source, key, args) => client.eval(source, { keys: [key], arguments: [...args] }),
    evalSha: (sha1, key, args) => client.evalSha(sha1, { keys: [key], arguments: [...args] }),
  };
}

function ioredisCalls(client: IoredisClient): ScriptCalls {
  return {
    eval: (source, key, args) => client.eval(source, 1, key, ...args),
    evalSha: (sha1, key, args) => client.evalsha(sha1, 1, key, ...args),
  };
}

function isNoScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** A reply as text, whether the client gives strings or, by its own options, buffers. */
export function toText(reply: unknown): string | undefined {
  if (typeof reply === 'string') return reply;
  return reply === null || reply === undefined ? undefined : String(reply);
}

/** Throws `ERR_SESS_CONFIG` unless `client` can be used and never reads stale data. */
export function rejectUnfitClient(client: RedisClient): void {
  const methods: ClientProperties = Object(client);
  const has = (name: string) => typeof methods[name] === 'function';
  if (!has('get') || !has('eval') || !(has('evalSha') || has('evalsha'))) {
    throw new SessError(
      'ERR_SESS_CONFIG',
      'redisStore: client is no Redis client (it lacks get, eval or evalSha); give one made by createClient or ' +
        'createCluster of node-redis 5 or later, or by Redis or Cluster of ioredis 5 or later.',
    );
  }
  rejectStaleReads(staleReads(methods));
}

function rejectStaleReads(stale: string | undefined): void {
  if (stale === undefined) return;
  throw new SessError(
    'ERR_SESS_CONFIG',
    `redisStore: the client has ${stale}, so it may read what is no longer true and open a destroyed session. ` +
      'Give the store a client of its own without it.',
  );
}

/** What a client has, of which nothing is known. */
type ClientProperties = Partial<Record<string, unknown>>;

/** To be waited for before a command; rejects if it must not be sent. */
type PoolCheck = () => Promise<void>;

/** A pool of node-redis does not say how its clients are set up. They do, and can be asked once there is one. */
function createPoolCheck(client: object): PoolCheck | undefined {
  if (!isPool(client)) return undefined;
  // One for all who ask: a pool that has no connection yet runs what has been queued for it by recursion.
  let check: Promise<void> | undefined;
  const ask = async () => {
    try {
      // Nothing is thrown inside: a pool of version 5 does not catch it.
      rejectStaleReads(await client.execute(staleReads));
    } catch (error) {
      check = undefined;
      throw error;
    }
  };
  return () => {
    check ??= ask();
    return check;
  };
}

/** A pool of node-redis, as far as this check needs it: runs `act` with one of its clients, once one is free. */
interface Pool {
  execute<T>(act: (client: ClientProperties) => T): Promise<T>;
}

/** Any client may have a command or a script called `execute`; only a pool counts its clients. */
function isPool(client: object): client is Pool {
  return 'execute' in client && typeof client.execute === 'function' && 'totalClients' in client;
}

/**
 * Whether `client` is a Sentinel client of node-redis. It may be set to read from replicas (`replicaPoolSize`) without showing
 * it; a script goes to the master in any case.
 */
function maySendReadsAway(client: object): boolean {
  return 'getSentinelNode' in client;
}

/** The option by which `client` may serve a GET from somewhere other than the master, if any. */
function staleReads(client: ClientProperties): string | undefined {
  const options: ClientProperties = Object(client.options ?? client._options);
  if (client.clientSideCache) return 'clientSideCache';
  if (options.useReplicas) return 'useReplicas';
  if (options.readonly) return 'readonly';
  if (options.readOnly) return 'readOnly';
  if (options.role === 'slave') return "role: 'slave'";
  if (options.scaleReads !== undefined && options.scaleReads !== 'master') return 'scaleReads';
  return undefined;
}
