import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { SessionStore } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type ServerSessions, session } from '../src/index.js';
import { listen, openRaw } from './serve.js';

/** What the guide shows under "WebSockets", as it stands. */
function serveSockets(server: Server, sessions: ServerSessions, sockets: WebSocketServer): void {
  const guide = readFileSync(new URL('../../../docs/guide.md', import.meta.url), 'utf8');
  const [, code = ''] = /## WebSockets[\s\S]*?```ts fragment\n([\s\S]*?)```/.exec(guide) ?? [];
  expect(code).toContain("server.on('upgrade'");
  new Function('server', 'sessions', 'sockets', code)(server, sessions, sockets);
}

async function start(store: SessionStore) {
  const sessions = session({ store, secret: 'k' });
  const server = createServer((req, res) =>
    sessions.run(req, res, async (visit) => {
      if (req.url === '/in') await visit.login('ada');
      if (req.url === '/out') await visit.destroy();
      res.end();
    }),
  );
  serveSockets(server, sessions, new WebSocketServer({ noServer: true }));
  const port = await listen(server);
  const get = (path: string, cookie = '') => fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie } });
  const cookie = String((await get('/in')).headers.getSetCookie()[0]?.split(';')[0]);
  return { port, get, cookie };
}

/** Connects; resolves to what the server made of it, at first and in the end. */
async function connect(port: number, cookie: string): Promise<{ outcome: string; closed: Promise<number> }> {
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { cookie } });
  onTestFinished(() => client.terminate());
  const closed = new Promise<number>((resolve) => client.once('close', resolve));
  const outcome = await new Promise<string>((resolve) => {
    client.once('open', () => resolve('open'));
    client.once('error', ({ message }) => resolve(message));
  });
  return { outcome, closed };
}

describe('the WebSocket of the guide', () => {
  test('opens for who has logged in, and closes at the logout', async () => {
    const { port, get, cookie } = await start(memoryStore());
    const { outcome, closed } = await connect(port, cookie);
    await get('/out', cookie);

    expect(outcome).toBe('open');
    expect(await closed).toBe(4401);
    expect((await connect(port, cookie)).outcome).toContain('401');
  });

  // A rejection of an event's listener ends the process, and with it everybody's connection.
  test('is answered 503 while the store is down', async () => {
    const store = memoryStore();
    const { port, cookie } = await start(store);
    store.read = () => {
      throw new Error('connection refused');
    };

    expect((await connect(port, cookie)).outcome).toContain('503');
  });

  // So does a socket's error that nobody listens to, and at an upgrade Node leaves the listening to the application.
  test('may be broken off while the store is asked', async () => {
    const store: SessionStore = memoryStore();
    const { port, cookie } = await start(store);
    const read = store.read.bind(store);
    let answer = () => {};
    store.read = (id) =>
      new Promise((resolve) => {
        answer = () => resolve(read(id));
      });
    const asked = vi.spyOn(store, 'read');
    const uncaught = watchUncaught();
    const { socket, closed } = openRaw(port, upgradeWith(cookie));
    await vi.waitUntil(() => asked.mock.calls.length > 0);
    socket.resetAndDestroy();
    await closed();
    await new Promise((resolve) => setImmediate(resolve));
    answer();

    expect(uncaught).not.toHaveBeenCalled();
  });

  test('may send what is no WebSocket frame', async () => {
    const { port, cookie } = await start(memoryStore());
    const uncaught = watchUncaught();
    const { socket, until, closed } = openRaw(port, upgradeWith(cookie));
    await until('101 Switching Protocols');
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await closed();

    expect(uncaught).not.toHaveBeenCalled();
  });
});

function upgradeWith(cookie: string): string {
  const lines = ['GET / HTTP/1.1', 'Host: test', 'Connection: Upgrade', 'Upgrade: websocket', `Cookie: ${cookie}`];
  return [...lines, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''].join('\n');
}

/** Is called with what would have ended the process. */
function watchUncaught() {
  const uncaught = vi.fn();
  process.on('uncaughtException', uncaught);
  onTestFinished(() => void process.off('uncaughtException', uncaught));
  return uncaught;
}
