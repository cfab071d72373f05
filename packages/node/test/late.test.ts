import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { SessionStore } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import { describe, expect, test } from 'vitest';
import { session } from '../src/index.js';
import { createGate } from './hooks.js';
import { exchange, openRaw, serve } from './serve.js';

/** The memory store, as one that answers with promises; `before` comes before each call. */
function createSlowStore(before: (operation: keyof SessionStore) => unknown = () => {}): SessionStore {
  const inner = memoryStore();
  const later = async <R>(operation: keyof SessionStore, act: () => R): Promise<R> => {
    await before(operation);
    return act();
  };
  return {
    create: (record) => later('create', () => inner.create(record)),
    read: (id) => later('read', () => inner.read(id)),
    update: (record, ifVersion) => later('update', () => inner.update(record, ifVersion)),
    touch: (id, expiresAt) => later('touch', () => inner.touch(id, expiresAt)),
    destroy: (id) => later('destroy', () => inner.destroy(id)),
  };
}

const withCookie = (cookie: string) => `GET / HTTP/1.1\nHost: test\nCookie: ${cookie}\n\n`;
const cookieIn = (answer: string) => /^Set-Cookie: ([^;]+)/im.exec(answer)?.[1] ?? '';

describe.each([
  ['a store that answers at once', () => memoryStore()],
  ['a store that answers with promises', () => createSlowStore()],
])('what a handler writes after it has ended the response: %s', (_, createStore) => {
  test('is stored when the response has left', async () => {
    const sessions = session<{ n?: number; late?: number }>({ store: createStore() });
    const stored = createGate<undefined>();
    sessions.on('committed', () => stored.open(undefined));
    const port = await serve((request, response) =>
      sessions.run(request, response, (visit) => {
        const { n = 0, late } = visit;
        visit.n = n + 1;
        response.end(`late: ${late}`);
        if (n === 1) visit.late = 7;
      }),
    );
    const cookie = cookieIn(await exchange(port));
    const second = exchange(port, withCookie(cookie).trim());
    await second;
    await stored.promise;
    await expect.poll(() => exchange(port, withCookie(cookie).trim())).toContain('late: 7');
  });

  test('is an error that is told of where no cookie can be sent any more', async () => {
    const sessions = session<{ late?: number }>({ store: createStore() });
    const told = createGate<unknown>();
    sessions.on('error', ({ error }) => told.open(error));
    const port = await serve((request, response) =>
      sessions.run(request, response, (visit) => {
        response.end('ok');
        visit.late = 1;
      }),
    );
    expect(await exchange(port)).toContain('ok');
    expect(await told.promise).toMatchObject({ code: 'ERR_SESS_HEADERS_SENT' });
  });

  test('and what it throws does not take a complete answer away', async () => {
    const sessions = session<{ n?: number }>({ store: createStore() });
    const told: unknown[] = [];
    sessions.on('error', ({ error }) => told.push(error));
    const problem = new Error('after the end');
    const port = await serve((request, response) =>
      sessions.run(request, response, (visit) => {
        visit.n = 1;
        response.end('ok');
        throw problem;
      }),
    );
    expect(await exchange(port)).toContain('ok');
    expect(told).toEqual([problem]);
  });
});

test('the client goes while the store is asked: what the handler writes is stored, though nobody ends the response', async () => {
  const reading = createGate<undefined>();
  const answering = createGate<undefined>();
  let isSlow = false;
  const store = createSlowStore((operation) => {
    if (operation !== 'read' || !isSlow) return;
    reading.open(undefined);
    return answering.promise;
  });
  const sessions = session<{ n?: number }>({ store });
  const responses: ServerResponse[] = [];
  const port = await serve((request, response) => {
    responses.push(response);
    return sessions.run(request, response, (visit) => {
      visit.n = (visit.n ?? 0) + 1;
      if (!isSlow) response.end(`n: ${visit.n}`);
    });
  });
  const cookie = cookieIn(await exchange(port));
  isSlow = true;
  const committed = new Promise((resolve) => sessions.on('committed', resolve));
  const client = openRaw(port, withCookie(cookie));
  await reading.promise;
  client.socket.destroy();
  await once(responses[1] as ServerResponse, 'close');
  answering.open(undefined);
  await committed;
  isSlow = false;
  expect(await exchange(port, withCookie(cookie).trim())).toContain('n: 3');
});

test('a commit that fails after the client has gone is not tried again', async () => {
  const updating = createGate<undefined>();
  const failing = createGate<undefined>();
  let updates = 0;
  const store = createSlowStore(async (operation) => {
    if (operation !== 'update') return;
    updates += 1;
    updating.open(undefined);
    await failing.promise;
    throw new Error('down');
  });
  const sessions = session<{ n?: number }>({ store });
  const told: unknown[] = [];
  sessions.on('error', ({ error }) => told.push(error));
  const responses: ServerResponse[] = [];
  const port = await serve((request, response) => {
    responses.push(response);
    return sessions.run(request, response, (visit) => {
      visit.n = (visit.n ?? 0) + 1;
      response.end('ok');
    });
  });
  const cookie = cookieIn(await exchange(port));
  const client = openRaw(port, withCookie(cookie));
  await updating.promise;
  client.socket.destroy();
  await once(responses[1] as ServerResponse, 'close');
  failing.open(undefined);
  await expect.poll(() => told.length).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([updates, told.length]).toEqual([1, 1]);
});

test('a verb that fails after the end is told of once', async () => {
  const sessions = session({});
  const told: unknown[] = [];
  sessions.on('error', ({ error }) => told.push(error));
  const port = await serve((request, response) =>
    sessions.run(request, response, (visit) => {
      response.end('ok');
      void visit.login('ada');
    }),
  );
  await exchange(port);
  await expect.poll(() => told).toMatchObject([{ code: 'ERR_SESS_HEADERS_SENT' }]);
});

test('a session that cannot be opened is told of once', async () => {
  const store = createSlowStore((operation) => {
    if (operation === 'read') throw new Error('down');
  });
  const sessions = session({ store });
  const told: unknown[] = [];
  sessions.on('error', ({ error }) => told.push(error));
  const port = await serve((request, response) => sessions.run(request, response, () => void response.end()));
  const answer = await exchange(port, withCookie(`sid=0123456789abcdefghjk.${'A'.repeat(32)}`).trim());
  expect(answer).toContain(' 503 ');
  expect(told).toHaveLength(1);
});
