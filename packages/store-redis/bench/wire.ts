// Round trips, commands, bytes and time a call, beside connect-redis:  npx tsx packages/store-redis/bench/wire.ts
import { randomUUID } from 'node:crypto';
import { startRedisServer } from '@sess/test-support';
import { RedisStore as ConnectRedis } from 'connect-redis';
import { createClient } from 'redis';
import { RedisWireProxy } from '../../../test-support/redis-wire-proxy.js';
import { redisStore } from '../src/index.js';

/** What a session library does to its store in one request. */
type Deeds = Readonly<Record<string, () => unknown>>;

const own = process.env.REDIS_URL === undefined ? await startRedisServer() : undefined;
const url = own?.url ?? String(process.env.REDIS_URL);
const proxy = await RedisWireProxy.start(url);
const watched = await createClient({ url: proxy.url }).connect();
const direct = await createClient({ url }).connect();
const prefix = `sess-bench:${randomUUID()}:`;
const body = JSON.stringify({ cart: 'x'.repeat(180) });

const record = (subject?: string) => {
  const plain = { id: randomUUID(), version: 1, expiresAt: Date.now() + 3_600_000, body };
  return subject === undefined ? plain : { ...plain, subject };
};

await report('store-redis', () => sessDeeds(redisStore({ client: watched, prefix })));
await report('connect-redis', () => peerDeeds(new ConnectRedis({ client: watched, prefix: `${prefix}peer:` })));
await time('store-redis', redisStore({ client: direct, prefix }), new ConnectRedis({ client: direct, prefix }));

watched.destroy();
direct.destroy();
await proxy.stop();
await own?.stop();

function sessDeeds(store: ReturnType<typeof redisStore>): Deeds {
  const anonymous = record();
  const doomed = record();
  const hers = { ...anonymous, version: 3, subject: 'ann' };
  return {
    create: () => store.create(anonymous),
    read: () => store.read(anonymous.id),
    write: () => store.update({ ...anonymous, version: 2 }, 1),
    conflict: () => store.update({ ...anonymous, version: 2 }, 1),
    'create another': () => store.create(doomed),
    touch: () => store.touch(anonymous.id, anonymous.expiresAt + 1),
    destroy: () => store.destroy(doomed.id),
    'create for a subject': () => store.create(record('bob')),
    login: () => store.update(hers, 2),
    'write, logged in': () => store.update({ ...hers, version: 4 }, 3),
    'touch, logged in': () => store.touch(anonymous.id, anonymous.expiresAt + 2),
    'list of one': () => store.list('ann'),
    'destroy, logged in': () => store.destroy(anonymous.id),
  };
}

function peerDeeds(store: ConnectRedis): Deeds {
  const data = { cookie: { originalMaxAge: 3_600_000 }, body } as unknown as Parameters<typeof store.set>[1];
  return {
    create: () => store.set('id', data),
    read: () => store.get('id'),
    write: () => store.set('id', data),
    touch: () => store.touch('id', data),
    destroy: () => store.destroy('id'),
  };
}

async function report(name: string, deeds: () => Deeds): Promise<void> {
  // The first round teaches the server the scripts.
  for (const run of Object.values(deeds())) await run();
  console.log(`\n${name}`);
  for (const [deed, run] of Object.entries(deeds())) {
    const { commands, roundTrips, bytes } = await proxy.count(run);
    console.log(`  ${deed.padEnd(20)} ${roundTrips} round trips, ${commands.length} commands, ${bytes} bytes`);
  }
}

async function time(name: string, store: ReturnType<typeof redisStore>, peer: ConnectRedis): Promise<void> {
  const kept = record();
  await store.create(kept);
  let version = 1;
  let expiresAt = kept.expiresAt;
  const peers = peerDeeds(peer);
  const write = () => {
    version++;
    return store.update({ ...kept, version }, version - 1);
  };
  const touch = () => {
    expiresAt++;
    return store.touch(kept.id, expiresAt);
  };
  const calls = [
    ['read', () => store.read(kept.id), peers.read],
    ['write', write, peers.write],
    ['touch', touch, peers.touch],
  ] as const;
  console.log('\nmedian of 5,000 calls, one after another, no proxy');
  // The first pass only warms up.
  for (const pass of ['warm-up', 'measured']) {
    for (const [deed, ours, theirs] of calls) {
      const [a, b] = [await median(ours), await median(theirs ?? ours)];
      if (pass === 'measured') console.log(`  ${deed.padEnd(20)} ${name} ${a} µs, connect-redis ${b} µs`);
    }
  }
}

async function median(call: () => unknown): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < 5_000; i++) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return ((times.sort((a, b) => a - b)[2_500] ?? 0) * 1_000).toFixed(0);
}
