import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgres, startPostgresServer } from '../../../test-support/postgres-server.js';
import { findRedisServer, startRedisServer } from '../../../test-support/redis-server.js';
import { ratioOfMedians } from '../ratio.js';
import type { Goal, Plot, Section } from '../report/section.js';
import { formatNumber, formatRange, toMarkdownTable } from '../report/table.js';
import { describeServers } from '../server-versions.js';
import { httpContenders, type Places } from './contenders.js';
import { type HttpEffort, type LoadResult, loads, measureServers, type ServerResult } from './measure-servers.js';

/** Measures what sessions cost a server that is asked over HTTP. */
export async function httpSection(effort: HttpEffort): Promise<Section> {
  const { places, close } = await findPlaces();
  try {
    const kinds = [places.redisUrl === undefined ? 'Redis' : '', places.postgresUrl === undefined ? 'PostgreSQL' : ''];
    const missing = kinds.filter((kind) => kind !== '');
    const results = await measureServers(
      httpContenders.filter(({ kind }) => !missing.includes(kind)),
      places,
      effort,
    );
    const skipped = missing.map((kind) => `Not measured, for this machine has no server of its kind: ${kind}.`);
    return toSection(results, effort, skipped);
  } finally {
    await close();
  }
}

async function findPlaces(): Promise<{ readonly places: Places; readonly close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sess-bench-'));
  const redis = findRedisServer() === undefined ? undefined : await startRedisServer();
  const postgres = findPostgres() === undefined ? undefined : await startPostgresServer();
  return {
    places: { folder, redisUrl: redis?.url, postgresUrl: postgres?.url },
    async close() {
      await Promise.all([redis?.stop(), postgres?.stop(), rm(folder, { recursive: true, force: true })]);
    },
  };
}

function toSection(results: readonly ServerResult[], effort: HttpEffort, skipped: readonly string[]): Section {
  const bare = results.find(({ kind }) => kind === 'none');
  return {
    title: 'Over HTTP',
    text: [
      `Express in a process of its own for each. ${effort.starts} times everybody starts anew; then come ${effort.rounds} rounds of ${effort.requests} requests of each kind, everybody in turns; 200 B of data. The client is a closed loop of ${effort.connections} connections that are kept: each sends its next request when it has the answer to the last. The CPU time is the server's alone, as it reports it; a client and a database have their own. Bare Express takes ${formatNumber(bare?.loads.read.cpu.median ?? Number.NaN)} µs a request.`,
      'Every store has its defaults, unless its row says otherwise. A request that only reads makes express-session touch its store each time, Sess a minute after it last did. session-file-store flushes what it writes to the disk, a touch included; ' +
        "Sess's file store does so with `durability: 'power'`, which has a row of its own, and not by default. A read that touches nothing writes nothing with either.",
      ...describeServers(),
      ...skipped,
      'µs of server CPU added to one request (in brackets the quartiles).',
      tableOf(results, ({ added: { median, quartiles } }) => `${formatNumber(median)} (${formatRange(quartiles)})`),
      'Answers per second, and in brackets the ms that 99 of 100 requests of all rounds took at most: wall time, which knows what else the machine was doing.',
      tableOf(results, ({ throughput, p99 }) => `${formatNumber(throughput.median)} (${formatNumber(p99)})`),
    ].join('\n\n'),
    figures: { effort, results },
    goals: goalsOf(results, effort),
    plots: [plotOf(results)],
  };
}

function tableOf(results: readonly ServerResult[], format: (result: LoadResult) => string): string {
  const rows = results.map((result) => [result.name, ...loads.map((load) => format(result.loads[load]))]);
  return toMarkdownTable(['Express', ...loads], rows);
}

const pairs = [
  ['Sess + memory', 'express-session + MemoryStore', 0.25],
  ['Sess + file', 'session-file-store', 0.25],
  ['Sess + Redis', 'connect-redis', 0.5],
  ['Sess + PostgreSQL', 'connect-pg-simple', 0.5],
] as const;

function goalsOf(results: readonly ServerResult[], { starts }: HttpEffort): Goal[] {
  const roundsOf = (name: string) => results.find((result) => result.name === name)?.loads.read.rounds;
  return pairs.flatMap(([own, other, atMost]) => {
    const [mine, theirs] = [roundsOf(own), roundsOf(other)];
    if (mine === undefined || theirs === undefined) return [];
    const what = `Over HTTP, ${own}, read only: server CPU over bare, beside ${other}`;
    const { value, interval } = ratioOfMedians(mine, theirs, starts);
    return [{ id: `http/${own}`, what, reached: value, interval, atMost, unit: 'ratio' as const }];
  });
}

function plotOf(results: readonly ServerResult[]): Plot {
  const rows = results
    .filter(({ kind }) => kind !== 'none')
    .map(({ name, kind, loads: { read } }) => ({
      group: kind,
      name,
      value: read.added.median,
      quartiles: read.added.quartiles,
    }));
  return {
    name: 'bench-http-read',
    title: 'Server CPU that a session adds to a request that only reads it',
    unit: 'µs',
    rows,
  };
}
