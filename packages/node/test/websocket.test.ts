import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ManualClock, manualClock, type SessionStore, systemClock } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type ServerSessions, session } from '../src/index.js';

const ENDED = 4401;

interface ChatServer {
  readonly port: number;
  readonly sessions: ServerSessions<{ name?: string }>;
}

/** A server with a page to log in and out by, and a WebSocket that greets, for as long as the session lasts. */
async function startChat(clock: ManualClock, store: SessionStore): Promise<ChatServer> {
  const sessions = session<{ name?: string }>({ store, clock, secret: 'k', idleTimeout: '10m' });
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((req, res) =>
    sessions.run(req, res, async (visit) => {
      if (req.url === '/in') visit.name = 'Ada';
      if (req.url === '/login') await visit.login('ada');
      if (req.url === '/out') await visit.destroy();
      res.end(visit.id);
    }),
  );
  server.on('upgrade', async (req, socket, head) => {
    const visit = await sessions.read(req);
    if (visit?.name === undefined) {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(req, socket, head, (client) => {
      client.once(
        'close',
        sessions.watch(visit, () => client.close(ENDED), { every: '30s' }),
      );
      client.send(`Hello, ${visit.name}!`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    for (const client of sockets.clients) client.terminate();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sessions };
}

/** Asks for a page; resolves to the cookie and the session's id. */
async function visit(port: number, path: string, cookie = ''): Promise<{ cookie: string; id: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie } });
  const set = response.headers.getSetCookie()[0]?.split(';')[0];
  return { cookie: set ?? cookie, id: await response.text() };
}

/** Opens a socket; resolves to its first message and, later, the code it is closed with. */
async function connect(port: number, cookie: string): Promise<{ greeting: string; closed: Promise<number> }> {
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { cookie } });
  onTestFinished(() => client.terminate());
  const closed = new Promise<number>((resolve) => client.once('close', resolve));
  const greeting = await new Promise<string>((resolve, reject) => {
    client.once('message', (data) => resolve(String(data)));
    client.once('error', reject);
  });
  return { greeting, closed };
}

describe('a WebSocket', () => {
  test('is greeted by the session of its upgrade request', async () => {
    const { port } = await startChat(manualClock(), memoryStore());
    const { cookie } = await visit(port, '/in');

    expect((await connect(port, cookie)).greeting).toBe('Hello, Ada!');
  });

  test('without a session is refused, and stores nothing', async () => {
    const store = memoryStore();
    const { port } = await startChat(manualClock(), store);

    await expect(connect(port, '')).rejects.toThrow('401');
    expect(store.size).toBe(0);
  });

  test('is closed at once when the session is destroyed in this process', async () => {
    const { port } = await startChat(manualClock(), memoryStore());
    const { cookie } = await visit(port, '/in');
    const { closed } = await connect(port, cookie);
    await visit(port, '/out', cookie);

    expect(await closed).toBe(ENDED);
  });

  test('is closed at the next look when the session was revoked in another process', async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const { port } = await startChat(clock, store);
    const { cookie, id } = await visit(port, '/in');
    const { closed } = await connect(port, cookie);
    // Another manager over the same store: its events do not reach the first.
    await session({ store, clock, secret: 'k' }).revoke(id);
    clock.advance(30_000);

    expect(await closed).toBe(ENDED);
  });

  test('is closed at the next look when the session has expired, and not before', async () => {
    const clock = manualClock();
    const { port, sessions } = await startChat(clock, memoryStore({ clock }));
    const { cookie, id } = await visit(port, '/in');
    const { closed } = await connect(port, cookie);
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    clock.advance(9.5 * 60_000);
    expect(await sessions.find(id)).toBeDefined();
    expect(isClosed).toBe(false);
    clock.advance(30_000);

    expect(await closed).toBe(ENDED);
  });

  test('is closed when its session logs in: who is at the other end is to be asked again', async () => {
    const { port } = await startChat(manualClock(), memoryStore());
    const { cookie } = await visit(port, '/in');
    const { closed } = await connect(port, cookie);
    await visit(port, '/login', cookie);

    expect(await closed).toBe(ENDED);
  });

  test('stays open while the store cannot be asked', async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const { port, sessions } = await startChat(clock, store);
    const { cookie, id } = await visit(port, '/in');
    const { closed } = await connect(port, cookie);
    const read = store.read.bind(store);
    let asked = 0;
    store.read = () => {
      asked += 1;
      throw new Error('connection refused');
    };
    clock.advance(30_000);
    expect(asked).toBe(1);
    store.read = read;
    expect(await Promise.race([closed, sessions.find(id).then(() => 'open')])).toBe('open');
  });
});

test('a watch that was stopped calls nobody', async () => {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const { port, sessions } = await startChat(clock, store);
  const { id } = await visit(port, '/in');
  const ends: string[] = [];
  const stop = sessions.watch({ id, authenticatedAt: undefined }, () => ends.push('stopped'));
  sessions.watch({ id, authenticatedAt: undefined }, () => ends.push('watching'));
  stop();
  await sessions.revoke(id);
  clock.advance(60_000);

  expect(ends).toEqual(['watching']);
});

test('a watch that looks every few weeks, which no timer can hold, does not look all the time', async () => {
  const store = memoryStore();
  let asked = 0;
  const { read } = store;
  store.read = (id) => {
    asked++;
    return read.call(store, id);
  };
  const sessions = session({ store });
  const stop = sessions.watch({ id: 'of-somebody', authenticatedAt: undefined }, () => {}, { every: '30 days' });
  await new Promise<void>((resolve) => systemClock.after(20, resolve));
  stop();

  expect(asked).toBe(0);
});
