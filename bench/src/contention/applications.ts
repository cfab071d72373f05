import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type RequestHandler } from 'express';
import fastify, { type FastifyInstance } from 'fastify';
import Koa, { type Middleware } from 'koa';
import type { Course } from './course.js';

/** What answers the requests of `node:http`. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Runs a course on an Express application. */
export function onExpress(middleware: RequestHandler, course: Course): Listener {
  const app = express();
  app.use(middleware);
  app.use((request, response, next) => {
    course.run(request.path, sessionOf(request)).then(() => response.end(), next);
  });
  return app as never;
}

/** The same on Koa. */
export function onKoa(createMiddleware: (app: Koa) => Middleware, course: Course): Listener {
  const app = new Koa();
  app.keys = ['a key'];
  app.use(createMiddleware(app));
  app.use(async (context) => {
    await course.run(context.path, sessionOf(context));
    context.body = 'ok';
  });
  return app.callback() as Listener;
}

/** The same on Fastify. */
export async function onFastify(register: (app: FastifyInstance) => unknown, course: Course): Promise<Listener> {
  const app = fastify();
  register(app);
  app.get('/*', async (request) => {
    await course.run(request.url, sessionOf(request));
    return 'ok';
  });
  await app.ready();
  return (request, response) => app.routing(request, response);
}

function sessionOf(carrier: object): Record<string, unknown> {
  return (carrier as { readonly session: Record<string, unknown> }).session;
}
