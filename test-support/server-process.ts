import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fatal, poll } from './poll.js';

/** Who a process runs as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly identity?: Identity | undefined;
  /** A folder that goes with the server: removed when it is stopped, or has not started. */
  readonly folder?: string;
  /** What ends the server immediately, leaving nothing behind. */
  readonly stopSignal: 'KILL' | 'QUIT';
  /** Resolves once the server answers. */
  readonly ping: () => Promise<unknown>;
}

export interface ServerProcess {
  readonly pid: number;
  /** Ends the server as a crash would, unless it has ended, and removes its folder. */
  stop(): Promise<void>;
}

/**
 * The shell becomes the server. The helper it leaves behind reads a pipe whose other end only this process holds, so the
 * server ends with this process, however that ends.
 */
const followParent = (signal: string) =>
  `exec 3<&0; (read -r _ <&3; kill -${signal} $$) >/dev/null 2>&1 & exec "$@" <&- 3<&-`;

/** A new folder for a server: removed with it, or with what the run of tests leaves behind. */
export function makeServerFolder(prefix: string): Promise<string> {
  return mkdtemp(join(process.env.SESS_RUN_SERVERS ?? tmpdir(), prefix));
}

/** Starts a server and resolves when it answers; rejects with its output if it ends first or never answers. */
export async function startServerProcess(server: ServerCommand): Promise<ServerProcess> {
  const child = spawn('/bin/sh', ['-c', followParent(server.stopSignal), 'sh', server.command, ...server.args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...server.identity,
  });
  const output = collectOutput(child);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  const stop = async () => {
    if (!hasEnded()) {
      const ended = once(child, 'exit');
      child.kill(`SIG${server.stopSignal}`);
      await ended;
    }
    if (server.folder !== undefined) await rm(server.folder, { recursive: true, force: true });
  };

  try {
    await poll(async () => {
      if (hasEnded()) throw new Fatal(`${server.command} ended before it answered`);
      await server.ping();
    });
  } catch (cause) {
    await stop();
    throw new Error(`${server.command} did not start:\n${output()}`, { cause });
  }
  return { pid: child.pid as number, stop };
}

/** Keeps the end of what the process prints: a full pipe would block it. */
function collectOutput(child: ChildProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer) => {
    text = (text + chunk).slice(-10_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text;
}
