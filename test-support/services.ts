import { beforeAll, describe, it } from 'vitest';
import { findChromium } from './chromium.js';
import { findPostgres, startPostgresServer } from './postgres-server.js';
import { startRedisCluster } from './redis-cluster.js';
import { findRedisServer, startRedisServer } from './redis-server.js';
import { noteSkip } from './skips.js';

/** A server that tests need and a machine may lack. Started once in a process, and ends with it. */
interface Service<Running> {
  /** Whether this machine can provide it. */
  readonly isAvailable: () => boolean;
  /** What is missing and how to get it. */
  readonly remedy: string;
  readonly start: () => Promise<Running>;
}

export interface Services {
  Redis: { readonly url: string };
  'Redis Cluster': { readonly urls: readonly string[] };
  PostgreSQL: { readonly url: string };
  Chromium: { readonly executablePath: string };
}

const programs = {
  Redis: { find: findRedisServer, remedy: 'redis-server not found; apt-get install redis-server' },
  PostgreSQL: { find: findPostgres, remedy: 'postgres or initdb not found; apt-get install postgresql' },
};

const services: { readonly [Name in keyof Services]: Service<Services[Name]> } = {
  Redis: {
    isAvailable: () => process.env.REDIS_URL !== undefined || findRedisServer() !== undefined,
    remedy: `${programs.Redis.remedy}, or set REDIS_URL`,
    start: async () => {
      const { url } = process.env.REDIS_URL === undefined ? await startRedisServer() : { url: process.env.REDIS_URL };
      return { url };
    },
  },
  'Redis Cluster': {
    isAvailable: () => findRedisServer() !== undefined,
    remedy: programs.Redis.remedy,
    start: async () => {
      const cluster = await startRedisCluster();
      return { urls: cluster.masters.map((node) => node.url) };
    },
  },
  PostgreSQL: {
    isAvailable: () => process.env.POSTGRES_URL !== undefined || findPostgres() !== undefined,
    remedy: `${programs.PostgreSQL.remedy}, or set POSTGRES_URL`,
    start: async () => {
      const { url } =
        process.env.POSTGRES_URL === undefined ? await startPostgresServer() : { url: process.env.POSTGRES_URL };
      return { url };
    },
  },
  Chromium: {
    isAvailable: () => findChromium() !== undefined,
    remedy: 'chromium not found; apt-get install chromium, or set CHROMIUM_PATH',
    start: async () => ({ executablePath: findChromium() as string }),
  },
};

/**
 * `describe` for tests that need a service. It runs from before the first test on; `running()` works in tests and hooks only.
 * Other files may use it as well, and Redis and PostgreSQL may be the developer's own (REDIS_URL, POSTGRES_URL): use names
 * of your own and remove nothing else. On a machine without the service the tests are skipped, with one line a run that says why, or fail where
 * SESS_REQUIRE_SERVICES is set.
 */
export function describeWithService<Name extends keyof Services>(
  name: Name,
  title: string,
  define: (running: () => Services[Name]) => void,
): void {
  const service: Service<Services[Name]> = services[name];
  describeIf(service.isAvailable(), name, service.remedy, title, () => define(startBefore(name, service)));
}

/**
 * `describe` for tests that start servers of their own, because they break them or look at the whole of one. They need the
 * program; a server given by REDIS_URL or POSTGRES_URL is left alone, and does not replace it.
 */
export function describeWithProgram(name: keyof typeof programs, title: string, define: () => void): void {
  const { find, remedy } = programs[name];
  describeIf(find() !== undefined, name, remedy, title, define);
}

function describeIf(isAvailable: boolean, name: string, remedy: string, title: string, define: () => void): void {
  if (isAvailable) {
    describe(title, define);
  } else if (process.env.SESS_REQUIRE_SERVICES) {
    describe(title, () => failFor(name, remedy));
  } else {
    noteSkip(name, remedy);
    describe.skip(title, define);
  }
}

const key = Symbol.for('sess.test.services');
const ofProcess = globalThis as { [key]?: Map<string, Promise<unknown>> };
/** Kept by the process, as each test file has this module anew. */
const started = ofProcess[key] ?? new Map<string, Promise<unknown>>();
ofProcess[key] = started;

function startBefore<Running>(name: string, service: Service<Running>): () => Running {
  let running: Running | undefined;
  beforeAll(async () => {
    const start = (started.get(name) as Promise<Running> | undefined) ?? service.start();
    started.set(name, start);
    // The next file may have more luck.
    start.catch(() => started.delete(name));
    running = await start;
  });
  return () => running ?? notRunning();
}

function failFor(name: string, remedy: string): void {
  it(`has ${name}`, () => {
    throw new Error(`SESS_REQUIRE_SERVICES is set, and ${remedy}`);
  });
}

function notRunning(): never {
  throw new Error('The service starts with the tests: ask for it in a hook or a test.');
}
