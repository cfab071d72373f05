import { session } from '@sess/express';
import type { RequestHandler } from 'express';
import type { SessionVerbs } from '../in-process/contender.js';
import { callbackVerbs, noVerbs, promiseVerbs } from '../in-process/routes.js';
import { loadPeer } from '../peers.js';

/** Where the stores that need a place find it. */
export interface Places {
  readonly folder: string;
  readonly redisUrl: string | undefined;
  readonly postgresUrl: string | undefined;
}

/** A session middleware that is measured over HTTP; `kind` says what it keeps sessions in. */
export interface HttpContender {
  readonly name: string;
  readonly kind: 'none' | 'memory' | 'file' | 'Redis' | 'PostgreSQL';
  readonly create: (places: Places) => Promise<RequestHandler | undefined>;
  readonly verbs: SessionVerbs<never>;
}

type Library = (options: object) => RequestHandler;
type StoreClass = new (options: object) => object;

const secret = 'a key for the benchmark';

/** All that is measured over HTTP, each beside its peer. */
export const httpContenders: readonly HttpContender[] = [
  { name: 'bare', kind: 'none', create: async () => undefined, verbs: noVerbs },
  sess('Sess + memory', 'memory', async () => session({ secret })),
  peer('express-session + MemoryStore', 'memory', async () => undefined),
  sess('Sess + file', 'file', async ({ folder }) => {
    const { fileStore } = await import('@sess/store-file');
    return session({ secret, store: fileStore({ directory: `${folder}/sess` }) });
  }),
  sess('Sess + file, durability power', 'file', async ({ folder }) => {
    const { fileStore } = await import('@sess/store-file');
    return session({ secret, store: fileStore({ directory: `${folder}/sess-power`, durability: 'power' }) });
  }),
  peer('session-file-store', 'file', async ({ folder }) => {
    const FileStore = loadPeer<(library: Library) => StoreClass>('session-file-store')(loadPeer('express-session'));
    return new FileStore({ path: `${folder}/session-file-store`, logFn: () => {} });
  }),
  sess('Sess + Redis', 'Redis', async ({ redisUrl }) => {
    const { redisStore } = await import('@sess/store-redis');
    return session({ secret, store: redisStore({ client: await connectRedis(redisUrl) }) });
  }),
  peer('connect-redis', 'Redis', async ({ redisUrl }) => {
    const { RedisStore } = loadPeer<{ RedisStore: StoreClass }>('connect-redis');
    return new RedisStore({ client: await connectRedis(redisUrl) });
  }),
  sess('Sess + PostgreSQL', 'PostgreSQL', async ({ postgresUrl }) => {
    const { postgresStore } = await import('@sess/store-postgres');
    const store = postgresStore({ pool: await connectPostgres(postgresUrl) });
    await store.migrate();
    return session({ secret, store });
  }),
  peer('connect-pg-simple', 'PostgreSQL', async ({ postgresUrl }) => {
    const PgStore = loadPeer<(library: Library) => StoreClass>('connect-pg-simple')(loadPeer('express-session'));
    return new PgStore({ pool: await connectPostgres(postgresUrl), createTableIfMissing: true });
  }),
];

function sess(
  name: string,
  kind: HttpContender['kind'],
  create: (places: Places) => Promise<RequestHandler>,
): HttpContender {
  return { name, kind, create, verbs: promiseVerbs as SessionVerbs<never> };
}

function peer(
  name: string,
  kind: HttpContender['kind'],
  createStore: (places: Places) => Promise<object | undefined>,
): HttpContender {
  const create = async (places: Places) => {
    const store = await createStore(places);
    const options = { secret, resave: false, saveUninitialized: false };
    return loadPeer<Library>('express-session')(store === undefined ? options : { ...options, store });
  };
  return { name, kind, create, verbs: callbackVerbs as SessionVerbs<never> };
}

async function connectRedis(url: string | undefined) {
  const { createClient } = await import('redis');
  const client = createClient({ url: url ?? '' });
  await client.connect();
  return client;
}

async function connectPostgres(url: string | undefined) {
  const { default: pg } = await import('pg');
  return new pg.Pool({ connectionString: url, max: 4 });
}
