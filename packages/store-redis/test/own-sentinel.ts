import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, findRedisServer, poll, sendRedis } from '@sess/test-support';
import { startServerProcess } from '../../../test-support/server-process.js';
import { OwnRedis } from './own-redis.js';

/** What Sentinel calls the master. */
export const masterName = 'sess';

/** A master, its replica, and the Sentinel that puts the replica in its place when it is down. */
export class OwnSentinel {
  readonly master: OwnRedis;
  readonly replica: OwnRedis;
  /** Where clients ask for the master. */
  readonly port: number;
  readonly #end: () => Promise<void>;

  private constructor(master: OwnRedis, replica: OwnRedis, port: number, end: () => Promise<void>) {
    this.master = master;
    this.replica = replica;
    this.port = port;
    this.#end = end;
  }

  /** Resolves once Sentinel knows the replica, which has all that the master has. */
  static async start(): Promise<OwnSentinel> {
    const settings = { 'repl-diskless-sync-delay': '0' };
    const master = await OwnRedis.start(settings);
    const replica = await OwnRedis.start({ ...settings, replicaof: `127.0.0.1 ${master.port}` });
    await replica.caughtUp();
    const folder = await mkdtemp(join(tmpdir(), 'sess-sentinel-'));
    const port = await findFreePort();
    const url = `redis://127.0.0.1:${port}`;
    const lines = [
      'bind 127.0.0.1',
      `port ${port}`,
      `dir ${folder}`,
      `sentinel monitor ${masterName} 127.0.0.1 ${master.port} 1`,
      `sentinel down-after-milliseconds ${masterName} 1000`,
    ];
    // It keeps what it learns in its configuration.
    await writeFile(join(folder, 'sentinel.conf'), lines.join('\n'));
    const sentinel = await startServerProcess({
      command: findRedisServer() ?? 'redis-server',
      args: [join(folder, 'sentinel.conf'), '--sentinel'],
      folder,
      stopSignal: 'KILL',
      ping: () => sendRedis(url, ['PING']),
    });
    await poll(async () => {
      const replicas = (await sendRedis(url, ['SENTINEL', 'REPLICAS', masterName])) as unknown[];
      if (replicas.length === 0) throw new Error('Sentinel does not know the replica yet');
    }, 20_000);
    return new OwnSentinel(master, replica, port, async () => {
      await Promise.all([sentinel.stop(), master.stop(), replica.stop()]);
    });
  }

  stop(): Promise<void> {
    return this.#end();
  }
}
