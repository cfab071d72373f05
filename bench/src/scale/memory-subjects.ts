import { randomBytes } from 'node:crypto';
import { memoryStore } from '@sess/store-memory';
import { small } from '../data.js';
import { loadPeer } from '../peers.js';
import { catchRecord } from './catch-record.js';

/** A memory store as it is measured, with sessions of 200 bytes; every call is synchronous. */
export interface MemorySubject {
  /** An id as the library draws them. */
  createId(): string;
  create(id: string): void;
  read(id: string): void;
  write(id: string): void;
  touch(id: string): void;
  destroy(id: string): void;
}

const hour = 3_600_000;

/** The subjects by their names. The first two make text of the data and data of the text, the others keep a text as it is given. */
export const memorySubjects = {
  Sess: createSess,
  'express-session': createExpressSession,
  'Sess, the store alone': createSessAlone,
  'a bare Map': createMap,
} as const satisfies Readonly<Record<string, () => Promise<MemorySubject>>>;

export type MemorySubjectName = keyof typeof memorySubjects;

/** What the core does around the store's calls is done here too: two lines of JSON, the envelope and the data. */
async function createSess(): Promise<MemorySubject> {
  const store = memoryStore();
  const { body } = await catchRecord(small);
  const [envelope, data] = parseBody(body);
  const record = (id: string) => ({
    id,
    version: 1,
    expiresAt: Date.now() + hour,
    body: [JSON.stringify(envelope), JSON.stringify(data)].join('\n'),
  });
  return {
    createId: createShortId,
    create: (id) => void store.create(record(id)),
    read: (id) => void parseBody(store.read(id)?.body ?? ''),
    write: (id) => void store.update(record(id), 1),
    touch: (id) => void store.touch(id, Date.now() + hour),
    destroy: (id) => void store.destroy(id),
  };
}

function parseBody(body: string): readonly [envelope: unknown, data: unknown] {
  const border = body.indexOf('\n');
  return [JSON.parse(body.slice(0, border)), JSON.parse(body.slice(border + 1))];
}

async function createSessAlone(): Promise<MemorySubject> {
  const store = memoryStore();
  const copyBody = await createBodyCopier();
  const record = (id: string) => ({ id, version: 1, expiresAt: Date.now() + hour, body: copyBody() });
  return {
    createId: createShortId,
    create: (id) => void store.create(record(id)),
    read: (id) => void store.read(id),
    write: (id) => void store.update(record(id), 1),
    touch: (id) => void store.touch(id, Date.now() + hour),
    destroy: (id) => void store.destroy(id),
  };
}

/** No store at all: what the machine's memory does to a look-up when there are many. */
async function createMap(): Promise<MemorySubject> {
  const map = new Map<string, { readonly version: number; expiresAt: number; readonly body: string }>();
  const copyBody = await createBodyCopier();
  const put = (id: string) => void map.set(id, { version: 1, expiresAt: Date.now() + hour, body: copyBody() });
  return {
    createId: createShortId,
    create: put,
    read: (id) => void { ...map.get(id) },
    write: put,
    touch(id) {
      const record = map.get(id);
      if (record !== undefined) record.expiresAt = Date.now() + hour;
    },
    destroy: (id) => void map.delete(id),
  };
}

/** MemoryStore does its work before it returns, and only then defers the callback, so none is given where possible. */
async function createExpressSession(): Promise<MemorySubject> {
  interface Store {
    get(id: string, done: () => void): void;
    set(id: string, session: object): void;
    touch(id: string, session: object): void;
    destroy(id: string): void;
  }
  const { MemoryStore, Cookie } = loadPeer<{
    MemoryStore: new () => Store;
    Cookie: new (options: object) => { maxAge: number };
  }>('express-session');
  const store = new MemoryStore();
  const session = { cookie: new Cookie({ maxAge: hour }), ...small };
  // As at the end of every request; it sets the cookie's end anew.
  const touched = () => {
    session.cookie.maxAge = hour;
    return session;
  };
  return {
    createId: () => randomBytes(24).toString('base64url'),
    create: (id) => store.set(id, touched()),
    read: (id) => store.get(id, () => {}),
    write: (id) => store.set(id, touched()),
    touch: (id) => store.touch(id, touched()),
    destroy: (id) => store.destroy(id),
  };
}

/** Twenty characters, as Sess's ids have. */
function createShortId(): string {
  return randomBytes(15).toString('base64url');
}

/** A function that returns a new session's body, a separate text each time: one shared text would cost its bytes once. */
async function createBodyCopier(): Promise<() => string> {
  const bytes = Buffer.from((await catchRecord(small)).body, 'latin1');
  return () => bytes.toString('latin1');
}
