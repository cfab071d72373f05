import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type PostgresServer, poll, startPostgresServer, startPostgresStandby } from '@sess/test-support';
import pg from 'pg';
import { type Identity, startServerProcess } from '../../../test-support/server-process.js';

/** A PostgreSQL server that a test may crash, hang and start again on the same port with what it had committed. */
export class OwnPostgres {
  readonly url: string;
  readonly port: number;
  readonly #first: PostgresServer;
  readonly #folder: string;
  #stopRestarted: (() => Promise<void>) | undefined;
  #hanging: readonly number[] = [];

  private constructor(first: PostgresServer, folder: string) {
    this.url = first.url;
    this.port = first.port;
    this.#first = first;
    this.#folder = folder;
  }

  /** Starts an empty server; `settings` are lines of postgresql.conf. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<OwnPostgres> {
    return OwnPostgres.#of(await startPostgresServer(settings));
  }

  /** Starts a standby of `primary`, which can be read, and written once it has been promoted. */
  static async startStandby(primary: OwnPostgres): Promise<OwnPostgres> {
    return OwnPostgres.#of(await startPostgresStandby(primary));
  }

  static async #of(first: PostgresServer): Promise<OwnPostgres> {
    const [row] = await runOnce(first.url, 'SHOW data_directory');
    return new OwnPostgres(first, String(row?.data_directory));
  }

  /** Runs one statement over a connection of its own. */
  run(text: string): Promise<Record<string, unknown>[]> {
    return runOnce(this.url, text);
  }

  /** The user and group the server runs as, for a process that belongs to it; `undefined` when they are this process's. */
  async identity(): Promise<Identity | undefined> {
    const { uid, gid } = await stat(this.#folder);
    return uid === process.getuid?.() ? undefined : { uid, gid };
  }

  /** Ends the server as a crash would: sessions are cut off, nothing is flushed, the next start recovers from the log. */
  async crash(): Promise<void> {
    const pid = await this.#readPid();
    process.kill(pid, 'SIGQUIT');
    await poll(async () => {
      if (isRunning(pid)) throw new Error(`postgres ${pid} does not end`);
    });
  }

  /** Starts the server again, as it was started first, and waits until it answers. */
  async launch(): Promise<void> {
    // The server keeps the command line it was started with: the path, then each argument in double quotes.
    const line = (await readFile(join(this.#folder, 'postmaster.opts'), 'utf8')).trim();
    const args = [...line.matchAll(/ "([^"]*)"/g)].map((match) => match[1] ?? '');
    const server = await startServerProcess({
      command: line.slice(0, line.indexOf(' "')),
      args,
      identity: await this.identity(),
      stopSignal: 'QUIT',
      ping: () => runOnce(this.url, 'SELECT 1'),
    });
    this.#stopRestarted = server.stop;
  }

  /** Stops every process of the server where it stands: connections stay open and nothing answers. */
  async hang(): Promise<void> {
    const rows = await this.run('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
    this.#hanging = [await this.#readPid(), ...rows.map((row) => Number(row.pid))];
    for (const pid of this.#hanging) process.kill(pid, 'SIGSTOP');
  }

  /** Lets a hanging server go on. */
  resume(): void {
    for (const pid of this.#hanging) process.kill(pid, 'SIGCONT');
    this.#hanging = [];
  }

  /** Ends the server and removes its data. */
  async stop(): Promise<void> {
    this.resume();
    await this.#stopRestarted?.();
    await this.#first.stop();
  }

  async #readPid(): Promise<number> {
    return Number.parseInt(await readFile(join(this.#folder, 'postmaster.pid'), 'utf8'), 10);
  }
}

async function runOnce(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
