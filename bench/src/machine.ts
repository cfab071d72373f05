import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, type } from 'node:os';
import { versionOf } from './peers.js';

const measured = [
  'express',
  'koa',
  'fastify',
  'hono',
  'express-session',
  'memorystore',
  'koa-session',
  '@fastify/session',
  'iron-session',
  'session-file-store',
  'connect-redis',
  'redis',
  'connect-pg-simple',
  'pg',
];

/** What the figures were taken on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** The operating system and its release; absent from older results. */
  readonly system?: string;
  readonly node: string;
  /** The commit that was measured, with a `+` if something was changed since; absent from older results and outside a repository. */
  readonly commit?: string;
  /** Processes that wanted a core, on average over the last minute: above `cores`, the machine was busy with other things. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** Describes this machine, without saying whose it is. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    // What a distribution appends may name more than the system.
    system: `${type()} ${/^[\d.]+/.exec(release())?.[0] ?? ''}`,
    node: process.version,
    ...describeCommit(),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    versions: Object.fromEntries(measured.map((name) => [name, versionOf(name)])),
  };
}

function describeCommit(): Pick<Machine, 'commit'> {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    // What the benchmark itself writes does not change what it measures.
    const written = [':/', ':!/docs/benchmarks.md', ':!/docs/images', ':!/bench/results'];
    const isChanged = git('status', '--porcelain', '--', ...written) !== '';
    return { commit: `${git('rev-parse', '--short', 'HEAD').trim()}${isChanged ? '+' : ''}` };
  } catch {
    return {};
  }
}
