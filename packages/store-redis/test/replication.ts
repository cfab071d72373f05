import { poll, type RedisServer, sendRedis } from '@sess/test-support';
import { expect } from 'vitest';

/** `'master'` or `'slave'`, as the server sees itself. */
export async function roleOf(server: RedisServer): Promise<unknown> {
  return ((await sendRedis(server.url, ['ROLE'])) as unknown[])[0];
}

/** Resolves once the replica of `master` has all that `master` has. */
export async function caughtUp(master: RedisServer): Promise<void> {
  await poll(async () => {
    const info = String(await sendRedis(master.url, ['INFO', 'replication']));
    const at = /master_repl_offset:(\d+)/.exec(info)?.[1];
    expect(info).toContain(`offset=${at},`);
  }, 60_000);
}
