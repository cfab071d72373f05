import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { onTestFinished } from 'vitest';
import { createApp as createFastify } from '../../fastify/src/app.js';
import { createApp as createFetch } from '../../fetch/src/app.js';
import { createApp as createHono } from '../../hono/src/app.js';
import { createApp as createKoa } from '../../koa/src/app.js';
import { createApp as createNode } from '../../node/src/app.js';
import { createApp as createExpress } from '../../tutorial/src/app.js';
import type { AppOptions } from '../visitor.js';

type CreateListener = (options: AppOptions) => RequestListener | Promise<RequestListener>;

/** The same application on every framework, by the folder of its example, as something that `node:http` can serve. */
export const apps = {
  tutorial: (options) => createExpress(options),
  koa: (options) => createKoa(options).callback(),
  fastify: async (options) => {
    const app = createFastify(options);
    await app.ready();
    return (req, res) => app.routing(req, res);
  },
  node: (options) => createNode(options),
  hono: (options) => getRequestListener(createHono(options).fetch),
  fetch: (options) => getRequestListener(createFetch(options)),
} satisfies Record<string, CreateListener>;

/** Serves until the test ends; resolves to the URL, without a trailing slash. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
