import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  describeWithProgram,
  poll,
  type RedisCluster,
  type RedisServer,
  sendRedis,
  startRedisCluster,
} from '@sess/test-support';
import { Cluster } from 'ioredis';
import { createCluster } from 'redis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { redisStore } from '../src/index.js';
import { App } from './app.js';
import { ClusterBus } from './cluster-bus.js';
import { type Connection, connectionKinds, nodeRedis6 } from './connections.js';
import { caughtUp, roleOf } from './replication.js';

/** One application of each client, and what its visitors hold. */
interface Site {
  readonly name: string;
  readonly app: App;
  /** The same sessions through another client. */
  join(connection: Connection): App;
}

/** The clients that end a connection on which nothing comes back, as the README says. */
const impatientKinds = [
  {
    name: 'ioredis with socketTimeout',
    async connectCluster(urls: readonly string[]): Promise<Connection> {
      const client = new Cluster([...urls], { lazyConnect: true, redisOptions: { socketTimeout: 500 } });
      await client.on('error', () => {}).connect();
      return { client, close: () => client.disconnect() };
    },
  },
  {
    name: 'node-redis with socketTimeout',
    async connectCluster(urls: readonly string[]): Promise<Connection> {
      const socket = { socketTimeout: 500, reconnectStrategy: () => 20 };
      const rootNodes = urls.map((url) => ({ url }));
      const client = createCluster({ rootNodes, defaults: { pingInterval: 200, socket } });
      await client.on('error', () => {}).connect();
      return { client, close: () => client.destroy() };
    },
  },
];

// These tests break the cluster, so they start their own. Every session is in slot 0, which the first master has at first.
describeWithProgram('Redis', 'a cluster whose master', () => {
  const bus = new ClusterBus();
  let cluster: RedisCluster;
  const connections: Connection[] = [];

  beforeAll(async () => {
    cluster = await startRedisCluster(bus.route);
  });
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });
  afterAll(async () => {
    await cluster?.stop();
    await bus.stop();
  });

  const connect = async (kind: Pick<(typeof impatientKinds)[number], 'connectCluster'>, urls: readonly string[]) => {
    const connection = await kind.connectCluster(urls);
    connections.push(connection);
    return connection;
  };
  const openSite = async (kind: (typeof impatientKinds)[number]): Promise<Site> => {
    const prefix = `sess-test:{3560}${randomUUID()}:`;
    const join = ({ client }: Connection) => new App(redisStore({ client, prefix }));
    const connection = await connect(
      kind,
      cluster.masters.map(({ url }) => url),
    );
    return { name: kind.name, app: join(connection), join };
  };
  /** The sites of all clients on the side of the cluster that has a majority. */
  const joinAfresh = async (sites: readonly Site[]) => {
    const connection = await connect(
      nodeRedis6,
      cluster.masters.slice(1).map(({ url }) => url),
    );
    return sites.map((site) => site.join(connection));
  };

  it('is cut off from it keeps what its replica had, and brings back nothing that ended before or at its successor', async () => {
    const [master, successor] = [cluster.masters[0], cluster.replicas[0]] as [RedisServer, RedisServer];
    const sites = await Promise.all(connectionKinds.map(openSite));
    const begin = () => Promise.all(sites.map(({ app }) => app.begin()));
    const [kept, endedBefore, endedMeanwhile, endedAfter] = [
      await begin(),
      await begin(),
      await begin(),
      await begin(),
    ];
    for (const [i, { app }] of sites.entries()) expect(await app.end(endedBefore[i] as string)).toBeUndefined();
    await caughtUp(master);
    const watch = watchFor(sites, endedBefore);

    const heal = await cutOff(bus, master, successor);
    // It does not know yet, and accepts what nobody else will hear of.
    for (const [i, { app }] of sites.entries()) {
      expect(await app.count(kept[i] as string)).toBe(2);
      expect(await app.end(endedMeanwhile[i] as string)).toBeUndefined();
    }
    await poll(
      async () => expect(await sendRedis(master.url, ['CLUSTER', 'INFO'])).toContain('cluster_state:fail'),
      20_000,
    );
    await expect(sendRedis(master.url, ['GET', '{3560}'])).rejects.toThrow('CLUSTERDOWN');
    await poll(async () => expect(await roleOf(successor)).toBe('master'), 20_000);

    const there = await joinAfresh(sites);
    for (const [i, app] of there.entries()) {
      // Lost as the README says, the logout with the rest.
      expect(await poll(() => answered(app.read(kept[i] as string)))).toBe(1);
      expect(await app.read(endedMeanwhile[i] as string)).toBe(1);
      expect(await app.read(endedBefore[i] as string)).toBeUndefined();
      expect(await app.end(endedAfter[i] as string)).toBeUndefined();
    }
    const watchAfter = watchFor(sites, endedAfter);
    for (const [i, { name, app }] of sites.entries()) {
      // node-redis asks the master it knows again, as the README says.
      if (name.startsWith('node-redis')) expect(await app.read(kept[i] as string)).toBe('ERR_SESS_STORE');
      else expect(await poll(() => answered(app.read(kept[i] as string)))).toBe(1);
    }

    await heal();
    await poll(async () => expect(await roleOf(master)).toBe('slave'), 20_000);
    for (const [i, { app }] of sites.entries()) {
      expect(await poll(() => answered(app.count(kept[i] as string)))).toBe(2);
    }
    await watch.stop();
    await watchAfter.stop();
  });

  it('is halted, and goes on when a replica has taken over, brings back nothing that ended before or at its successor', async () => {
    // The test before has swapped the roles.
    const [master, successor] = [cluster.replicas[0], cluster.masters[0]] as [RedisServer, RedisServer];
    const patient = await Promise.all(connectionKinds.map(openSite));
    const impatient = await Promise.all(impatientKinds.map(openSite));
    const sites = [...patient, ...impatient];
    const begin = () => Promise.all(sites.map(({ app }) => app.begin()));
    const [kept, endedBefore, endedAfter] = [await begin(), await begin(), await begin()];
    for (const [i, { app }] of sites.entries()) expect(await app.end(endedBefore[i] as string)).toBeUndefined();
    const writes = await Promise.all(sites.map(({ app }, i) => app.begunWrite(endedAfter[i] as string)));
    await caughtUp(master);
    const watch = watchFor(sites, endedBefore);

    const halted = await halt(master);
    // They are on their way to it until it goes on, or until their client gives its connection up.
    const late = await Promise.all(writes.map((write) => write()));
    for (const answer of late) expect(answer).toMatch(/^ERR_SESS_STORE/);
    await poll(async () => expect(await roleOf(successor)).toBe('master'), 20_000);
    const there = await joinAfresh(sites);
    for (const [i, app] of there.entries()) {
      expect(await poll(() => answered(app.count(kept[i] as string)))).toBe(2);
      expect(await app.end(endedAfter[i] as string)).toBeUndefined();
    }
    for (const [i, { app }] of patient.entries())
      expect(await app.read(kept[i] as string)).toBe('ERR_SESS_STORE_TIMEOUT');
    for (const [i, { app }] of impatient.entries()) {
      expect(await poll(() => answered(app.read(kept[patient.length + i] as string)), 20_000)).toBe(2);
    }

    halted.goOn();
    await poll(async () => expect(await roleOf(master)).toBe('slave'), 20_000);
    for (const [i, { app }] of sites.entries()) {
      expect(await poll(() => answered(app.read(endedAfter[i] as string)))).toBeUndefined();
      expect(await poll(() => answered(app.count(kept[i] as string)))).toBe(3);
    }
    await watch.stop();
  });
});

/** Rejects when a request failed, so that it is made again. */
async function answered<T>(request: Promise<T>): Promise<T> {
  const answer = await request;
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

/** Asks each site again and again for a session that has ended, until `stop`, which rejects if one was there or a request hung. */
function watchFor(sites: readonly Site[], cookies: readonly string[]): { stop(): Promise<void> } {
  let watching = true;
  const found: string[] = [];
  const watchOne = async ({ name, app }: Site, cookie: string) => {
    // Often, and yet the processor is left to those whose failover it watches.
    for (; watching; await delay(3)) {
      if (typeof (await app.read(cookie)) === 'number') found.push(name);
    }
  };
  const done = Promise.all(sites.map((site, i) => watchOne(site, cookies[i] as string)));
  return {
    async stop() {
      watching = false;
      await done;
      expect(found).toEqual([]);
      // Far above storeTimeout, for machines that are busy; far below what a client that waits for ever would take.
      for (const { app } of sites) expect(app.longest).toBeLessThan(10_000);
    },
  };
}

/** Cuts a master off from every other node, its replica included, though not from its clients. Resolves to the way back. */
async function cutOff(bus: ClusterBus, master: RedisServer, replica: RedisServer): Promise<() => Promise<void>> {
  const id = String(await sendRedis(master.url, ['CLUSTER', 'MYID']));
  const nodes = String(await sendRedis(master.url, ['CLUSTER', 'NODES']));
  bus.cut(id, Number(/@(\d+) myself/.exec(nodes)?.[1]));
  // A replica that says a password to a master which has none is turned away.
  await sendRedis(replica.url, ['CONFIG', 'SET', 'masterauth', 'none']);
  await sendRedis(master.url, ['CLIENT', 'KILL', 'TYPE', 'replica']);
  await poll(async () => expect(await sendRedis(master.url, ['INFO', 'replication'])).toContain('connected_slaves:0'));
  return async () => {
    await sendRedis(replica.url, ['CONFIG', 'SET', 'masterauth', '']);
    bus.heal();
  };
}

/** Stops a server where it stands: connections stay open and nothing answers. */
async function halt(server: RedisServer): Promise<{ goOn(): void }> {
  const pid = Number(/process_id:(\d+)/.exec(String(await sendRedis(server.url, ['INFO', 'server'])))?.[1]);
  process.kill(pid, 'SIGSTOP');
  return { goOn: () => process.kill(pid, 'SIGCONT') };
}
