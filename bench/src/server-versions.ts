import { execFileSync } from 'node:child_process';
import { findPostgres } from '../../test-support/postgres-server.js';
import { findRedisServer } from '../../test-support/redis-server.js';

/** Which database servers of this machine were used, in a sentence; none if there are none. */
export function describeServers(): string[] {
  const found = [
    versionOf('Redis', findRedisServer()),
    // So it is started: see `startPostgresServer`.
    versionOf('PostgreSQL', findPostgres(), ', which does not wait for its disk (`fsync = off`)'),
  ];
  const named = found.filter((each) => each !== undefined);
  return named.length === 0 ? [] : [`Servers on the same machine: ${named.join(' and ')}.`];
}

function versionOf(name: string, program: string | undefined, remark = ''): string | undefined {
  if (program === undefined) return undefined;
  const version = /\d+(?:\.\d+)+/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[0];
  return `${name} ${version ?? 'of unknown version'}${remark}`;
}
