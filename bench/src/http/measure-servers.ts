import type { Route } from '../in-process/contender.js';
import { pathOf } from '../in-process/routes.js';
import { type Figure, quantile, shuffle, summarize } from '../statistics.js';
import type { HttpContender, Places } from './contenders.js';
import { RunningServer } from './running-server.js';

/** What is measured over HTTP. */
export const loads = ['new', 'read', 'write'] as const;

export type Load = (typeof loads)[number];

/** What one kind of request costs one server. */
export interface LoadResult {
  /** Extra µs of the server's CPU per request compared with the bare framework, both measured in the same turn. */
  readonly added: Figure;
  /** The same of each round. */
  readonly rounds: readonly number[];
  /** µs of the server's CPU per request. */
  readonly cpu: Figure;
  /** Answers per second; wall time, so it knows what else the machine was doing. */
  readonly throughput: Figure;
  /** ms that 99 of 100 requests of all rounds took at most; wall time. */
  readonly p99: number;
}

export interface ServerResult {
  readonly name: string;
  readonly kind: HttpContender['kind'];
  readonly loads: Readonly<Record<Load, LoadResult>>;
}

/** How much is measured. */
export interface HttpEffort {
  /** How often all servers start anew: what V8 makes of a program differs from one process to the next. */
  readonly starts: number;
  /** Rounds after each start. */
  readonly rounds: number;
  /** Requests in one measurement. */
  readonly requests: number;
  readonly warmUp: number;
  /** Requests under way at a time. */
  readonly connections: number;
}

interface Sample {
  readonly cpu: number;
  readonly throughput: number;
  readonly latencies: readonly number[];
}

type Samples = Record<Load, Sample[]>;

/** Measures all servers, after every start anew. */
export async function measureServers(
  contenders: readonly HttpContender[],
  places: Places,
  effort: HttpEffort,
): Promise<readonly ServerResult[]> {
  const measured = contenders.map((contender) => ({ contender, samples: { new: [], read: [], write: [] } as Samples }));
  for (let start = 0; start < effort.starts; start++) await measureOnce(measured, places, effort);
  const bare = measured.find(({ contender }) => contender.kind === 'none')?.samples;
  return measured.map(({ contender: { name, kind }, samples }) => {
    const results = loads.map((load) => [load, toResult(samples[load], bare?.[load] ?? [])] as const);
    return { name, kind, loads: Object.fromEntries(results) as Record<Load, LoadResult> };
  });
}

/** Starts all servers, sends them the same requests in turns, stops them, and adds what was measured to their samples. */
async function measureOnce(
  measured: readonly { readonly contender: HttpContender; readonly samples: Samples }[],
  places: Places,
  { rounds, requests, warmUp, connections }: HttpEffort,
): Promise<void> {
  const servers: { readonly contender: HttpContender; readonly samples: Samples; readonly server: RunningServer }[] =
    [];
  try {
    for (const each of measured) {
      servers.push({ ...each, server: await RunningServer.start(each.contender, places, connections) });
    }
    const takeTurn = async (note: (samples: Samples, load: Load, measurement: Sample) => void) => {
      for (const load of loads) {
        for (const { contender, server, samples } of shuffle(servers)) {
          note(samples, load, await sample(server, contender, load, requests, connections));
        }
      }
    };
    // In turns as well: a server that waits while others warm up loses some of what its compiler has done, and the first would wait longest.
    for (let warmed = 0; warmed < warmUp; warmed += requests) await takeTurn(() => {});
    for (let round = 0; round < rounds; round++) {
      await takeTurn((samples, load, measurement) => void samples[load].push(measurement));
    }
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()));
  }
}

function toResult(samples: readonly Sample[], bare: readonly Sample[]): LoadResult {
  const added = samples.map(({ cpu }, round) => Math.round(cpu - (bare[round]?.cpu ?? Number.NaN)));
  const latencies = samples.flatMap((sample) => sample.latencies).sort((a, b) => a - b);
  return {
    added: summarize(added),
    rounds: added,
    cpu: summarize(samples.map(({ cpu }) => cpu)),
    throughput: summarize(samples.map(({ throughput }) => throughput)),
    p99: quantile(latencies, 0.99),
  };
}

/** Each connection works for a visitor of its own, so that no two requests write to one session. */
async function sample(
  server: RunningServer,
  { name, kind }: HttpContender,
  load: Load,
  requests: number,
  connections: number,
): Promise<Sample> {
  const isBare = kind === 'none';
  const route: Route = load === 'new' || isBare ? 'none' : load;
  const cookies: (string | undefined)[] = [];
  for (let visitor = 0; visitor < connections; visitor++) {
    cookies.push(route === 'none' ? undefined : (await server.client.send(pathOf('create 200 B'))).cookie);
  }
  const latencies: number[] = [];
  const before = await server.readCpu();
  const start = performance.now();
  const visit = async (cookie: string | undefined) => {
    for (let sent = 0; sent < requests / connections; sent++) {
      const { status, latency } = await server.client.send(pathOf(route), cookie);
      if (status !== 200) throw new Error(`${name} answered ${route} with ${status}`);
      latencies.push(latency);
    }
  };
  await Promise.all(cookies.map(visit));
  const elapsed = performance.now() - start;
  const cpu = ((await server.readCpu()) - before) / latencies.length;
  return { cpu, throughput: (latencies.length / elapsed) * 1000, latencies };
}
