import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { SessionStore } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import express, { type NextFunction, type Request, type Response } from 'express';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { session } from '../src/index.js';
import { Browser, serve } from './browser.js';

/** What Socket.IO's `io.engine.use` gives middleware in place of a response. */
class SocketIoResponse extends EventEmitter {
  setHeader(): void {}
  getHeader(): void {}
  removeHeader(): void {}
  write(): void {}
  writeHead(): void {}
  end(): void {}
}

function slowStore(): SessionStore {
  const inner = memoryStore();
  return {
    create: (record) => inner.create(record),
    read: async (id) => await inner.read(id),
    update: (record, ifVersion) => inner.update(record, ifVersion),
    touch: (id, expiresAt) => inner.touch(id, expiresAt),
    destroy: (id) => inner.destroy(id),
  };
}

// express-session is used for upgrades too, with a response that is none: so the documentation of ws and of Socket.IO has it.
describe.each([
  ['ws', () => ({})],
  ['Socket.IO', () => new SocketIoResponse()],
])('an upgrade as %s hands it to middleware', (_, createResponse) => {
  test.each([
    ['at once', memoryStore],
    ['later', slowStore],
  ])('has its session to read, from a store that answers %s', async (__, createStore) => {
    const sessions = session({ secret: 'k', store: createStore() });
    const app = express();
    app.use(sessions);
    app.get('/', (req, res) => {
      req.session.name = 'John';
      res.send('saved');
    });
    const sockets = new WebSocketServer({ noServer: true });
    const server = createServer(app);
    server.on('upgrade', (req: IncomingMessage, socket, head) => {
      const response = createResponse() as Response;
      const next: NextFunction = (error?: unknown) => {
        const greeting = error === undefined ? `Hello, ${(req as Request).session.name}!` : String(error);
        if ('writeHead' in response) Reflect.apply(response.writeHead, response, []);
        sockets.handleUpgrade(req, socket, head, (client) => client.send(greeting));
      };
      sessions(req as Request, response, next);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const client of sockets.clients) client.terminate();
      server.close();
    });
    const { port } = server.address() as { readonly port: number };
    const browser = new Browser(`http://127.0.0.1:${port}`);
    await browser.get('/');
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join();

    const client = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { cookie } });
    onTestFinished(() => client.terminate());

    expect(await new Promise((resolve) => client.once('message', (data) => resolve(String(data))))).toBe(
      'Hello, John!',
    );
  });
});

test('a request that has not passed the middleware is read, and its holder hears at once of a logout elsewhere', async () => {
  const sessions = session<{ name?: string }>({ secret: 'k', store: memoryStore() });
  const app = express();
  app.use(sessions);
  app.post('/login', async (req, res) => {
    sessions.of(req).name = 'Ada';
    await sessions.of(req).login('ada');
    res.end();
  });
  app.post('/logout', async (req, res) => {
    await sessions.of(req).destroy();
    res.end();
  });
  const browser = new Browser(await serve(app));
  await browser.post('/login');

  const headers = { cookie: `sid=${browser.cookies.get('sid')}` };
  const visit = await sessions.read({ headers });
  if (visit === undefined) throw new Error('There is no session.');
  const ended = vi.fn();
  sessions.watch(visit, ended);
  expect(visit).toMatchObject({ name: 'Ada', subject: 'ada' });
  await browser.post('/logout');

  expect(ended).toHaveBeenCalledOnce();
  expect(await sessions.read({ headers })).toBeUndefined();
  expect(await sessions.read({ headers: {} })).toBeUndefined();
});
