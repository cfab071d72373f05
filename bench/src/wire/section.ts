import { findPostgres, startPostgresServer } from '../../../test-support/postgres-server.js';
import { findRedisServer, startRedisServer } from '../../../test-support/redis-server.js';
import type { Section } from '../report/section.js';
import { toMarkdownTable } from '../report/table.js';
import { describeServers } from '../server-versions.js';
import { type WireContender, wireContenders } from './contenders.js';
import { countVisits, type Traffic, type Visit, visits } from './count-visits.js';

interface Counted {
  readonly name: string;
  readonly server: WireContender['server'];
  readonly visits: Readonly<Record<Visit, Traffic>>;
}

const servers = {
  Redis: { isThere: () => findRedisServer() !== undefined, start: () => startRedisServer() },
  PostgreSQL: { isThere: () => findPostgres() !== undefined, start: () => startPostgresServer() },
};

/** Counts what each request of a visitor makes an application and its server say to each other. */
export async function wireSection(): Promise<Section> {
  const all: Counted[] = [];
  const text = [
    'The requests of one visitor to an application of Express, 200 B of data: round trips to the server, in brackets the commands of Redis, and bytes both ways. Counted by a proxy, not timed: the figures are the same on every machine. The connection has been used before; removing expired sessions, which both do beside the requests, is off.',
    ...describeServers(),
  ];
  for (const server of ['Redis', 'PostgreSQL'] as const) {
    if (!servers[server].isThere()) {
      text.push(`Not counted, for this machine has no server of its kind: ${server}.`);
      continue;
    }
    const counted = await countOn(server);
    all.push(...counted);
    text.push(tableOf(server, counted));
  }
  const own = all.filter(({ name }) => name === 'Sess').map((counted) => counted.visits.read.roundTrips);
  return {
    title: 'On the wire',
    text: text.join('\n\n'),
    figures: all,
    goals: [
      {
        id: 'wire',
        what: 'On Redis and PostgreSQL: round trips of a request that only reads',
        reached: own.length === 0 ? Number.NaN : Math.max(...own),
        atMost: 1,
        unit: 'count',
      },
    ],
  };
}

/** Starts a server and counts the requests of every contender that uses it. */
export async function countOn(server: WireContender['server']): Promise<Counted[]> {
  const running = await servers[server].start();
  const counted: Counted[] = [];
  try {
    for (const contender of wireContenders.filter((each) => each.server === server)) {
      counted.push({ name: contender.name, server, visits: await countVisits(contender, running.url) });
    }
  } finally {
    await running.stop();
  }
  return counted;
}

function tableOf(server: string, counted: readonly Counted[]): string {
  const rows = (Object.keys(visits) as Visit[]).map((visit) => [
    visit,
    ...counted.map((each) => describeTraffic(each.visits[visit])),
  ]);
  return toMarkdownTable([server, ...counted.map(({ name }) => name)], rows);
}

function describeTraffic({ roundTrips, commands, bytes }: Traffic): string {
  if (roundTrips === 0) return '0';
  const names = typeof commands === 'number' ? '' : ` (${commands.join(', ')})`;
  return `${roundTrips}${names}, ${bytes.toLocaleString('en')} B`;
}
