import { findFreePort } from './free-port.js';
import { poll } from './poll.js';
import { type RedisServer, sendAllRedis, sendRedis, startRedisServer } from './redis-server.js';

export interface RedisCluster {
  /** Three masters, each with a third of the slots. */
  readonly masters: readonly RedisServer[];
  /** One replica for each master, in the masters' order. */
  readonly replicas: readonly RedisServer[];
  /** Ends every node as a crash would. */
  stop(): Promise<void>;
}

interface Node {
  readonly server: RedisServer;
  readonly busPort: number;
}

const slotRanges = [
  ['0', '5460'],
  ['5461', '10922'],
  ['10923', '16383'],
] as const;

/** Resolves to the port at which the nodes should reach the one with the given bus port. */
export type RouteBus = (port: number) => Promise<number>;

/** Starts a Redis Cluster of three masters and three replicas, and resolves when every node can serve every slot. */
export async function startRedisCluster(routeBus: RouteBus = async (port) => port): Promise<RedisCluster> {
  const started = await Promise.allSettled(Array.from({ length: 6 }, () => startNode(routeBus)));
  const nodes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.server.stop()));
  };
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    await joinNodes(nodes);
  } catch (cause) {
    await stop();
    throw cause;
  }
  const servers = nodes.map((node) => node.server);
  return { masters: servers.slice(0, 3), replicas: servers.slice(3), stop };
}

async function startNode(routeBus: RouteBus): Promise<Node> {
  // The default, port + 10000, may lie beyond the last port.
  const ownPort = await findFreePort();
  const busPort = await routeBus(ownPort);
  const server = await startRedisServer({
    'cluster-enabled': 'yes',
    'cluster-port': String(ownPort),
    'cluster-announce-bus-port': String(busPort),
    // A node joins in, and hears what has changed, within about this time; the default is 15 s.
    'cluster-node-timeout': '2000',
    // A replica need not wait for others that might want the same snapshot.
    'repl-diskless-sync-delay': '0',
    // CLUSTER SLOTS names a replica only after its master's first ping, by default 10 s away.
    'repl-ping-replica-period': '1',
    // A replica whose link hangs reconnects after this time, in s; the default is a minute.
    'repl-timeout': '5',
  });
  return { server, busPort };
}

async function joinNodes(nodes: readonly Node[]): Promise<void> {
  const [first, ...others] = nodes as [Node, ...Node[]];
  await Promise.all(slotRanges.map((range, i) => sendRedis(at(nodes, i), ['CLUSTER', 'ADDSLOTSRANGE', ...range])));
  for (const { server, busPort } of others) {
    await sendRedis(first.server.url, ['CLUSTER', 'MEET', server.host, String(server.port), String(busPort)]);
  }
  await Promise.all(slotRanges.map((_, i) => replicate(at(nodes, i), at(nodes, i + 3))));
  await Promise.all(nodes.map((node) => poll(() => checkNode(node.server.url, nodes.length))));
}

/** A node can replicate another only once gossip has told it of that one, hence the poll. */
async function replicate(masterUrl: string, replicaUrl: string): Promise<void> {
  const masterId = String(await sendRedis(masterUrl, ['CLUSTER', 'MYID']));
  await poll(() => sendRedis(replicaUrl, ['CLUSTER', 'REPLICATE', masterId]));
}

async function checkNode(url: string, size: number): Promise<void> {
  // One connection for all three: opening many, again and again, would take processor time from the nodes themselves.
  const asked = [
    ['CLUSTER', 'INFO'],
    ['INFO', 'replication'],
    ['CLUSTER', 'SLOTS'],
  ];
  const [info, replication, slots] = (await sendAllRedis(url, asked)) as [string, string, unknown[][]];
  const isWhole = info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${size}`);
  const isLinked = !replication.includes('role:slave') || replication.includes('master_link_status:up');
  // A range is [first, last, master, replica …].
  const isReplicated = slots.length === slotRanges.length && slots.every((range) => range.length === 4);
  if (!isWhole || !isLinked || !isReplicated) throw new Error(`${url} is not ready:\n${info}\n${replication}`);
}

function at(nodes: readonly Node[], i: number): string {
  const node = nodes[i];
  if (node === undefined) throw new RangeError(`no node ${i}`);
  return node.server.url;
}
