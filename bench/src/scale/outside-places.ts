import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgres, startPostgresServer } from '../../../test-support/postgres-server.js';
import { findRedisServer, startRedisServer } from '../../../test-support/redis-server.js';
import type { OutsideStoreName } from './outside-stores.js';

/** Where a store outside the process can keep sessions for a measurement. */
export interface OutsidePlace {
  readonly name: string;
  readonly store: OutsideStoreName;
  /** What a machine without this place lacks. */
  readonly needs: string;
  readonly isThere: () => boolean;
  /** The most sessions that are measured there. */
  readonly most: number;
  readonly open: () => Promise<OpenPlace>;
}

/** A place that has been opened. */
interface OpenPlace {
  /** The folder, not there yet, or the server's URL to keep so many sessions in. */
  readonly at: (sessions: number) => string;
  readonly close: () => Promise<unknown>;
}

const memoryFolder = '/dev/shm';

/** All places. Files are kept in two, since a disk shared with others says more about these than about a store. */
export const outsidePlaces: readonly OutsidePlace[] = [
  {
    name: 'file, in memory',
    store: 'file',
    needs: `folder ${memoryFolder}`,
    isThere: () => existsSync(memoryFolder),
    most: Number.POSITIVE_INFINITY,
    open: () => openFolder(memoryFolder),
  },
  {
    name: 'file, on the disk',
    store: 'file',
    needs: 'disk',
    isThere: () => true,
    // More would take the disk minutes.
    most: 10_000,
    open: () => openFolder(process.env.BENCH_DIRECTORY ?? tmpdir()),
  },
  {
    name: 'Redis',
    store: 'Redis',
    needs: 'server of its kind',
    isThere: () => findRedisServer() !== undefined,
    most: Number.POSITIVE_INFINITY,
    open: async () => toPlace(await startRedisServer()),
  },
  {
    name: 'PostgreSQL',
    store: 'PostgreSQL',
    needs: 'server of its kind',
    isThere: () => findPostgres() !== undefined,
    most: Number.POSITIVE_INFINITY,
    // Memory for all sessions, and no whole pages in the log: those measure how long ago the last checkpoint was.
    open: async () =>
      toPlace(await startPostgresServer({ shared_buffers: '256MB', max_wal_size: '4GB', full_page_writes: 'off' })),
  },
];

async function openFolder(parent: string): Promise<OpenPlace> {
  const folder = await mkdtemp(join(parent, 'sess-bench-'));
  return { at: (sessions) => join(folder, String(sessions)), close: () => rm(folder, { recursive: true }) };
}

function toPlace({ url, stop }: { readonly url: string; readonly stop: () => Promise<void> }): OpenPlace {
  return { at: () => url, close: stop };
}
