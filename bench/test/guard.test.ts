import { randomBytes } from 'node:crypto';
import type { SessionStore } from '@sess/core';
import { session } from '@sess/express';
import { memoryStore } from '@sess/store-memory';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Route } from '../src/in-process/contender.js';
import { expressContender } from '../src/in-process/express-app.js';
import { promiseVerbs } from '../src/in-process/routes.js';
import { createWorkCounter, type Work } from './count-work.js';

/**
 * What the speed rests on, counted instead of timed, so that a busy machine changes nothing: how often a request asks its store. A store
 * that is a network away costs by the call; a change that adds one to every request shows here, not only in a benchmark.
 */
function createCounted() {
  const store = memoryStore();
  const calls: string[] = [];
  const counted = {
    create: (record: Parameters<typeof store.create>[0]) => note('create', store.create(record)),
    read: (id: string) => note('read', store.read(id)),
    update: (...parameters: Parameters<typeof store.update>) => note('update', store.update(...parameters)),
    touch: (id: string, expiresAt: number) => note('touch', store.touch(id, expiresAt)),
    destroy: (id: string) => note('destroy', store.destroy(id)),
  };
  function note<R>(call: string, result: R): R {
    calls.push(call);
    return result;
  }
  const contender = expressContender('Sess', session({ store: counted, secret: 'a key' }), promiseVerbs);
  return {
    ...contender,
    /** The store calls since this was last asked. */
    takeCalls: () => calls.splice(0),
  };
}

describe('a request asks the store', () => {
  it('nothing, if it has no cookie and nobody writes to the session', async () => {
    const app = createCounted();
    await app.send('none');
    await app.send('read');
    expect(app.takeCalls()).toEqual([]);
  });

  it('once to create, once to read, and once more to write', async () => {
    const app = createCounted();
    const { cookie } = await app.send('create 200 B');
    expect(app.takeCalls()).toEqual(['create']);

    for (let visit = 0; visit < 3; visit++) {
      await app.send('read', cookie);
      expect(app.takeCalls()).toEqual(['read']);
    }
    await app.send('write', cookie);
    expect(app.takeCalls()).toEqual(['read', 'update']);
  });

  it('nothing, if the cookie is forged', async () => {
    const app = createCounted();
    const { cookie = '' } = await app.send('create 200 B');
    app.takeCalls();
    const last = cookie.endsWith('A') ? 'B' : 'A';
    await app.send('read', `${cookie.slice(0, -1)}${last}`);
    expect(app.takeCalls()).toEqual([]);
  });
});

/**
 * Beside the store it is hashing and JSON that a request costs by the call. The numbers are exact: each call has its reason, and one that comes or goes
 * is to be explained here. Three of them are more than the floor of the benchmark needs: the signature, and a parse and a stringify of the envelope.
 */
describe('a request hashes, signs, parses and stringifies', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const nothing: Work = { hashes: 0, signatures: 0, parses: 0, stringifies: 0 };
  // The cookie's signature is checked, the secret is looked for among the session's by its hash; envelope and data are parsed.
  const opened: Work = { hashes: 1, signatures: 1, parses: 2, stringifies: 0 };
  // Envelope and data are written; that nothing else has changed is seen without writing them.
  const written = 2;

  async function expectWork(route: Route, cookie: 'without a cookie' | 'with a cookie', expected: Work): Promise<void> {
    const countWork = createWorkCounter();
    const app = expressContender('Sess', session({ secret: 'a key' }), promiseVerbs);
    const visitor = cookie === 'without a cookie' ? undefined : (await app.send('create 200 B')).cookie;
    expect(await countWork(() => app.send(route, visitor))).toEqual(expected);
  }

  it.each(['none', 'read'] as const)('nothing for "%s" without a cookie', async (route) => {
    await expectWork(route, 'without a cookie', nothing);
  });

  it('a new token, and writes envelope and data, to create', async () => {
    await expectWork('create 200 B', 'without a cookie', {
      ...nothing,
      hashes: 1,
      signatures: 1,
      stringifies: written,
    });
  });

  it.each(['none', 'read'] as const)('what opens the session, and no more, for "%s" with a cookie', async (route) => {
    await expectWork(route, 'with a cookie', opened);
  });

  it('and writes envelope and data to change something', async () => {
    await expectWork('write', 'with a cookie', { ...opened, stringifies: written });
  });

  it('and a new token besides, to regenerate', async () => {
    await expectWork('regenerate', 'with a cookie', { hashes: 2, signatures: 2, parses: 2, stringifies: written });
  });

  it('nothing more than a read does, to destroy', async () => {
    await expectWork('destroy', 'with a cookie', opened);
  });
});

describe('a store in memory', () => {
  it('is given bodies of one piece: of a sum V8 keeps the parts, which weigh nearly twice as much', async () => {
    const bodies: string[] = [];
    const keeping: SessionStore = {
      create: ({ body }) => {
        bodies.push(body);
        return 'created';
      },
      read: () => undefined,
      update: () => ({ outcome: 'gone' }),
      touch: () => 'gone',
      destroy: () => {},
    };
    const app = expressContender('Sess', session({ store: keeping, secret: 'a key' }), promiseVerbs);
    const collect = await compileNative<() => void>('--expose-gc', 'gc');
    const heap = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const count = 3000;
    for (let warmUp = 0; warmUp < count; warmUp++) await app.send('create 200 B');
    bodies.length = 0;
    const before = heap();
    for (let visit = 0; visit < count; visit++) await app.send('create 200 B');
    const bytes = (heap() - before) / count;
    // One piece is a header and a place in the list more than its characters, 10 %; two parts and two nodes are 80 %.
    expect(bytes / (bodies[0]?.length ?? 0)).toBeLessThan(1.4);
  });

  it('adds little to a body: an entry, its id’s place in the table, and no number outside the entry', async () => {
    const collect = await compileNative<() => void>('--expose-gc', 'gc');
    const count = 50_000;
    const ids = Array.from({ length: count }, () => randomBytes(15).toString('base64url'));
    const expiresAt = Date.now() + 3_600_000;
    const heap = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = heap();
    const store = memoryStore();
    for (const id of ids) store.create({ id, version: 1, expiresAt, body: 'the same body for all' });
    const bytes = (heap() - before) / count;
    expect(store.size).toBe(count);
    // 96 for the entry and 8 for its place; a number that V8 keeps outside takes 16, a place in a `Map` 40.
    expect(bytes).toBeLessThan(112);
  });
});

describe('on Express', () => {
  it('a request and its response are dictionaries by the time the handler runs: further properties cost next to nothing', async () => {
    const hasFastProperties = await compileNative<(object: object) => boolean>(
      '--allow-natives-syntax',
      '(object) => %HasFastProperties(object)',
    );
    const { sendThrough } = await import('../src/node-request.js');
    const { default: express } = await import('express');
    const app = express();
    const seen: boolean[] = [];
    app.use(session({ secret: 'a key' }));
    app.get('/', (request, response) => {
      seen.push(hasFastProperties(request), hasFastProperties(response));
      response.end();
    });
    await sendThrough(app as never, '/', undefined);
    expect(seen).toEqual([false, false]);
  });
});

/** A function that asks V8 itself, which needs a flag for it. */
async function compileNative<Native>(flag: string, code: string): Promise<Native> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext, runInThisContext } = await import('node:vm');
  setFlagsFromString(flag);
  // `gc` is there only in contexts that are made after the flag was set.
  return (code === 'gc' ? runInNewContext(code) : runInThisContext(code)) as Native;
}
