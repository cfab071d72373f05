import { cpus, loadavg } from 'node:os';
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
  readonly node: string;
  /** Processes that wanted a core, on average over the last minute: above `cores`, the machine was busy with other things. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** Describes this machine, without saying whose it is. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    versions: Object.fromEntries(measured.map((name) => [name, versionOf(name)])),
  };
}
