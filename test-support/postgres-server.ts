import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findBinary } from './find-binary.js';
import { findFreePort } from './free-port.js';
import { type Identity, makeServerFolder, startServerProcess } from './server-process.js';

export interface PostgresServer {
  /** `postgres://postgres@127.0.0.1:<port>/postgres`, a superuser without a password. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Ends the server as a crash would. */
  stop(): Promise<void>;
}

const run = promisify(execFile);
const debianFolder = '/usr/lib/postgresql';

/** The path of `postgres`; Debian keeps it out of PATH, one folder a version. The newest is taken. */
export function findPostgres(): string | undefined {
  const postgres = findBinary(['postgres'], listDebianFolders());
  // Where `postgres` in PATH is a link, initdb is wanted from that PATH too, not from beside the link's target.
  return postgres !== undefined && findBeside(postgres, 'initdb') !== undefined ? postgres : undefined;
}

/** Starts an empty PostgreSQL on a free port; `settings` are lines of postgresql.conf. */
export async function startPostgresServer(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  return startInFolder(settings, fillWithNothing);
}

/** Starts a standby of `primary` on a free port: a copy that takes over every change, and can be read but not written. */
export async function startPostgresStandby(
  primary: Pick<PostgresServer, 'url'>,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  return startInFolder(settings, (folder, identity) => {
    const args = ['-d', primary.url, '-D', folder, '--write-recovery-conf', '--checkpoint=fast', '--no-sync'];
    return run(requireBinary('pg_basebackup'), args, { cwd: folder, ...identity });
  });
}

async function startInFolder(
  settings: Readonly<Record<string, string>>,
  fill: (folder: string, identity: Identity | undefined) => Promise<unknown>,
): Promise<PostgresServer> {
  const command = requireBinary('postgres');
  const identity = findIdentity();
  const folder = await makeServerFolder('sess-postgres-');
  if (identity !== undefined) await chown(folder, identity.uid, identity.gid);
  await fill(folder, identity);
  const host = '127.0.0.1';
  const port = await findFreePort();
  const url = `postgres://postgres@${host}:${port}/postgres`;
  // No socket file: its folder is not ours to write in. No fsync: a killed process loses nothing without it, only a machine does.
  const conf = { listen_addresses: host, port, unix_socket_directories: '', fsync: 'off', ...settings };
  const args = Object.entries(conf).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { stop } = await startServerProcess({
    command,
    args: ['-D', folder, ...args],
    identity,
    folder,
    // Its quickest shutdown; SIGKILL would leave shared memory behind.
    stopSignal: 'QUIT',
    ping: () => ping(url),
  });
  return { url, host, port, stop };
}

/** An empty database. What initdb makes is kept for the rest of the run: a copy takes a tenth of the time. */
async function fillWithNothing(folder: string, identity: Identity | undefined): Promise<void> {
  const templates = process.env.SESS_RUN_TEMPLATES;
  const template = join(templates ?? folder, 'postgres');
  if (existsSync(template)) {
    await run('cp', ['-a', `${template}/.`, folder]);
    return;
  }
  const args = ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  await run(requireBinary('initdb'), args, { cwd: folder, ...identity });
  if (templates === undefined) return;
  const copy = await mkdtemp(join(templates, 'new-'));
  await run('cp', ['-a', `${folder}/.`, copy]);
  // Another worker may have been faster: a folder that is there and not empty is left.
  await rename(copy, template).catch(() => {});
}

async function ping(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  await client.connect();
  await client.end();
}

/** PostgreSQL refuses to run as root: there it runs as `postgres`, or as `nobody` where that user is missing. */
function findIdentity(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = ['postgres', 'nobody'].find((name) => readId('-u', name) !== undefined);
  if (user === undefined) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody');
  return { uid: readId('-u', user) as number, gid: readId('-g', user) as number };
}

function readId(option: '-u' | '-g', user: string): number | undefined {
  try {
    return Number(execFileSync('id', [option, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}

/** `postgres`, or the program of that name which belongs to it. */
function requireBinary(name: 'postgres' | 'initdb' | 'pg_basebackup'): string {
  const postgres = findPostgres();
  const found = postgres === undefined || name === 'postgres' ? postgres : findBeside(postgres, name);
  if (found === undefined) throw new Error(`${name} not found; apt-get install postgresql`);
  return found;
}

function findBeside(postgres: string, name: string): string | undefined {
  return findBinary([name], [dirname(postgres), ...listDebianFolders()]);
}

function listDebianFolders(): string[] {
  try {
    const versions = readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(debianFolder, version, 'bin'));
  } catch {
    return [];
  }
}
