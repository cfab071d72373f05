import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, findRedisServer, poll, sendRedis } from '@sess/test-support';
import { type ServerProcess, startServerProcess } from '../../../test-support/server-process.js';

/** A Redis server that a test may kill, hang and start again on the same port with what it had saved. */
export class OwnRedis {
  readonly port: number;
  readonly url: string;
  readonly #args: readonly string[];
  readonly #folder: string;
  #process: ServerProcess | undefined;

  private constructor(port: number, folder: string, settings: Readonly<Record<string, string>>) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#folder = folder;
    const conf = { bind: '127.0.0.1', port: String(port), dir: folder, save: '', ...settings };
    this.#args = Object.entries(conf).flatMap(([name, value]) => [`--${name}`, value]);
  }

  /** Starts an empty server; `settings` are lines of redis.conf. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<OwnRedis> {
    const server = new OwnRedis(await findFreePort(), await mkdtemp(join(tmpdir(), 'sess-redis-')), settings);
    await server.launch();
    return server;
  }

  /** Starts the process and waits until it answers; by default until it has loaded its data. */
  async launch(ping = () => this.send('PING')): Promise<void> {
    const command = findRedisServer() ?? 'redis-server';
    this.#process = await startServerProcess({ command, args: this.#args, stopSignal: 'KILL', ping });
  }

  /** What the server replies to a command, asked over a connection of its own. */
  send(...command: readonly string[]): Promise<unknown> {
    return sendRedis(this.url, command);
  }

  /** Resolves once this replica has all that its master has. */
  async caughtUp(): Promise<void> {
    await poll(async () => {
      const info = String(await this.send('INFO', 'replication'));
      const port = /master_port:(\d+)/.exec(info)?.[1];
      const master = String(await sendRedis(`redis://127.0.0.1:${port}`, ['INFO', 'replication']));
      const [mine, its] = [info, master].map((text) => /master_repl_offset:(\d+)/.exec(text)?.[1]);
      if (!info.includes('master_link_status:up') || mine !== its)
        throw new Error(`not caught up:\n${info}\n${master}`);
    });
  }

  /** Stops the process where it stands; connections stay open and nothing answers. */
  hang(): void {
    process.kill(this.#process?.pid ?? Number.NaN, 'SIGSTOP');
  }

  /** Lets a hanging process go on. */
  resume(): void {
    process.kill(this.#process?.pid ?? Number.NaN, 'SIGCONT');
  }

  /** Ends the process by SIGKILL, as a crash would. What it had saved stays. */
  async kill(): Promise<void> {
    await this.#process?.stop();
  }

  /** Ends the process and removes its data. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
