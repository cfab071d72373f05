const brand = Symbol.for('sess.redis-store-error');

/**
 * What every method of the Redis store rejects with: the message says what failed and what to do. `cause` is the
 * client's error, without the arguments of the command, which hold session data. Recognise one with
 * `RedisStoreError.is`, which also accepts errors from a second copy of the package, where `instanceof` fails.
 */
export class RedisStoreError extends Error {
  override readonly name = 'RedisStoreError';
  /** The code of Redis's error reply, such as `'OOM'` or `'READONLY'`; `undefined` when there was no reply. */
  readonly reply: string | undefined;
  readonly [brand] = true;

  constructor(message: string, reply: string | undefined, cause: unknown) {
    super(message, { cause });
    this.reply = reply;
  }

  /** Whether `value` is a `RedisStoreError`. */
  static is(value: unknown): value is RedisStoreError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

const followMove =
  'The server is part of a cluster and another node has this key. Give the store a cluster client ' +
  '(createCluster of node-redis, Cluster of ioredis); if it has one, the cluster is changing: try again.';

const grantAccess =
  'The server refuses this user. It needs GET, GETRANGE, SETRANGE, SET, DEL, PEXPIRE, EVAL, EVALSHA, ZADD, ZREM, ' +
  "ZRANGE, ZREVRANGE and ZREMRANGEBYSCORE on the keys that begin with the store's prefix.";

const checkConnection = 'Check that the server runs, can be reached, and that the client has been connected.';

/** By the code of the reply. */
const adviceByReply: Readonly<Record<string, string>> = {
  READONLY:
    'The client is connected to a replica, or to a master that a failover has demoted. Connect it to the master, ' +
    'by a cluster or sentinel client, or have it reconnect on this error (reconnectOnError of ioredis).',
  LOADING: 'The server is still loading its data after a start. Try again once it is done.',
  MOVED: followMove,
  ASK: followMove,
  CLUSTERDOWN:
    'The cluster has no master for this key, as for some seconds during a failover. Check CLUSTER INFO if it lasts.',
  TRYAGAIN: 'The key is being moved between two nodes of the cluster. Try again.',
  MASTERDOWN: 'The replica has lost its master. Connect the client to a master.',
  OOM:
    'The server has reached its maxmemory. Raise it or make room; keep maxmemory-policy at noeviction, since any ' +
    'other policy throws live sessions away.',
  MISCONF: 'The server cannot save to its disk and refuses writes. Check its log and its disk.',
  NOREPLICAS: 'The server has fewer replicas than min-replicas-to-write asks for, and refuses writes.',
  NOAUTH: 'The server asks for a password. Give the client one.',
  WRONGPASS: 'The server refuses the user name or password. Correct them in the options of the client.',
  NOPERM: grantAccess,
  BUSY: 'The server is busy with a script of another program. SCRIPT KILL ends it.',
  WRONGTYPE: 'Another program keeps other data under this key. Give the store a prefix of its own.',
};

/** Wraps what a client threw while it ran `command`. */
export function toStoreError(error: unknown, command: string): RedisStoreError {
  const message = withoutData(error instanceof Error ? error.message : String(error));
  const reply = readReply(message);
  const advice = reply === undefined ? checkConnection : (adviceByReply[reply] ?? '');
  const what = `redisStore: ${command} failed: ${message}.`.replace(/\.\.$/, '.');
  return new RedisStoreError(`${what} ${advice}`.trimEnd(), reply, withoutArguments(error));
}

/**
 * The code an error reply begins with. Before Redis 7 a script's error is wrapped in another one; so is a reply that
 * ioredis followed from node to node until it gave up.
 */
function readReply(message: string): string | undefined {
  return /^(?:ERR Error running script.*?-|.* Last error: ReplyError: )?([A-Z]{3,})(?: |$)/.exec(message)?.[1];
}

/** Redis quotes the arguments of a command that it does not know. */
function withoutData(message: string): string {
  return message.replace(/,? with args beginning with[\s\S]*$/, '');
}

/** ioredis puts the command's arguments, and so the session's data, on its errors, where any logger prints them. */
function withoutArguments(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const message = withoutData(error.message);
  if (message === error.message && !('command' in error)) return error;
  const copy = new Error(message);
  copy.name = error.name;
  return copy;
}
