// Why a record is one string: memory and server time beside a hash:  npx tsx packages/store-redis/bench/layout.ts
import { startRedisServer } from '@sess/test-support';
import { createClient } from 'redis';
import { redisStore } from '../src/index.js';
import { type Script, touchScript, updateScript } from '../src/scripts.js';
import { encodeRecord } from '../src/stored-record.js';

const sessionCount = 50_000;
const callCount = 20_000;
const now = Date.now();
const expiresAt = now + 3_600_000;
const later = String(expiresAt + 60_000).padStart(16, '0');
const life = { expiration: { type: 'PX', value: 3_600_000 } } as const;

// The least that a hash would need for the same promises.
const hashTouch = `
local expires = tonumber(redis.call('HGET', KEYS[1], 'e'))
if not expires or expires <= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'e', ARGV[2])
redis.call('PEXPIRE', KEYS[1], 3600000)
return 1`;
const hashUpdate = `
local head = redis.call('HMGET', KEYS[1], 'e', 'v', 's', 'i', 'm', 'w')
if not head[1] or tonumber(head[1]) <= tonumber(ARGV[1]) then return 0 end
if tonumber(head[2]) ~= tonumber(ARGV[2]) then return 2 end
redis.call('HSET', KEYS[1], 'e', ARGV[3], 'v', '1', 's', head[3], 'i', head[4], 'm', head[5], 'w', head[6], 'b', ARGV[4])
redis.call('PEXPIRE', KEYS[1], 3600000)
return 1`;

const server = await startRedisServer();
const client = await createClient({ url: server.url, RESP: 2 }).connect();

for (const size of [200, 1_000, 4_000]) {
  const body = 'x'.repeat(size);
  const value = encodeRecord(
    { id: '', version: 1, expiresAt, subject: 'user-1', body },
    { until: expiresAt * 2, mark: 'markmark' },
    'noncenon',
  );
  const fields = {
    e: String(expiresAt),
    i: String(expiresAt),
    m: 'markmark',
    v: '1',
    w: value.slice(59, 91),
    s: 'user-1',
    b: body,
  };
  const asString = await bytesEach((key) => client.set(key, value, life));
  const asHash = await bytesEach((key) => Promise.all([client.hSet(key, fields), client.pExpire(key, 3_600_000)]));
  console.log(`body of ${size}: ${asString} bytes a session as a string, ${asHash} as a hash`);

  await client.set('s', value, life);
  await client.hSet('h', fields);
  const update = [String(now), '1', 'nonce123', '8', '1', value];
  const costs = {
    GET: await serverTime('get', () => client.get('s')),
    'GET in a script': await scriptTime("return redis.call('GET', KEYS[1])", 's', []),
    HMGET: await serverTime('hmget', () => client.hmGet('h', Object.keys(fields))),
    touch: await scriptTime(touchScript, 's', [String(now), later, '1', later, 'markmark', 'markmark']),
    'touch of a hash': await scriptTime(hashTouch, 'h', [String(now), later]),
    update: await scriptTime(updateScript, 's', update),
    'update of a hash': await scriptTime(hashUpdate, 'h', [String(now), '1', later, body]),
  };
  for (const [what, cost] of Object.entries(costs)) console.log(`  ${what.padEnd(18)} ${cost} µs of the server`);
}

const { record: kept, entry, end } = await storeCosts();
console.log(`\nbody of 200: ${kept} bytes a session, ${entry} more for its index entry, ${end} after its destroy`);

client.destroy();
await server.stop();

/** What sessions cost as the store keeps them, ten to a subject. */
async function storeCosts(): Promise<{ readonly record: number; readonly entry: number; readonly end: number }> {
  const store = redisStore({ client });
  const session = (key: string) => ({ id: key.slice(-22), version: 1, expiresAt, body: 'x'.repeat(200) });
  const subject = (key: string) => key.slice(-22, -1);
  const plain = await bytesEach((key) => store.create(session(key)));
  const owned = await bytesEach((key) => store.create({ ...session(key), subject: subject(key) }));
  const end = await bytesEach(async (key) => {
    await store.create(session(key));
    await store.destroy(session(key).id);
  });
  return { record: plain, entry: owned - plain, end };
}

async function bytesEach(write: (key: string) => unknown): Promise<number> {
  await client.flushAll();
  const before = await usedMemory();
  for (let i = 0; i < sessionCount; i += 500) {
    const keys = Array.from({ length: 500 }, (_, j) => `session:s:${String(i + j).padStart(22, 'a')}`);
    await Promise.all(keys.map(write));
  }
  return Math.round(((await usedMemory()) - before) / sessionCount);
}

async function usedMemory(): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
}

async function scriptTime(script: string | Script, key: string, args: string[]): Promise<string> {
  const sha1 = await client.scriptLoad(typeof script === 'string' ? script : script.source);
  return serverTime('evalsha', () => client.evalSha(sha1, { keys: [key], arguments: args }));
}

/** The mean time (µs) the server spends in a command, by its own count. */
async function serverTime(command: string, call: () => Promise<unknown>): Promise<string> {
  await client.configResetStat();
  for (let i = 0; i < callCount; i += 100) await Promise.all(Array.from({ length: 100 }, call));
  const stats = await client.info('commandstats');
  return new RegExp(`cmdstat_${command}:.*?usec_per_call=([\\d.]+)`).exec(stats)?.[1] ?? '?';
}
