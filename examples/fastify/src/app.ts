import { session } from '@sess/fastify';
import fastify, { type FastifyInstance } from 'fastify';
import { findAsset } from '../../shared/assets.js';
import { renderPage } from '../../shared/page.js';
import { type AppOptions, nameProblem, readName, visitor } from '../../shared/visitor.js';

const html = 'text/html; charset=utf-8';

/** The tutorial's application on Fastify. */
export function createApp({ store, secret, maxAge }: AppOptions): FastifyInstance {
  const sessions = session({ schema: visitor, store, secret, cookie: { maxAge }, merge: { visits: 'counter' } });
  const app = fastify();
  app.register(sessions);
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_: unknown, text: string) => Object.fromEntries(new URLSearchParams(text)),
  );

  app.get<{ Params: { '*': string } }>('/*', async (request, reply) => {
    const asset = findAsset(request.url);
    if (asset === undefined) return reply.callNotFound();
    return reply.type(asset.type).send(asset.text);
  });

  app.get('/', async (request, reply) => {
    const visit = sessions.of(request);
    if (visit.name !== undefined) visit.visits += 1;
    return reply.type(html).header('Cache-Control', 'no-store').send(renderPage(visit));
  });

  app.post<{ Body: { name?: string } }>('/name', async (request, reply) => {
    const visit = sessions.of(request);
    const name = readName(request.body.name);
    if (name === undefined) return reply.code(422).type(html).send(renderPage(visit, nameProblem));
    visit.name = name;
    return reply.redirect('/', 303);
  });

  app.post('/logout', async (request, reply) => {
    await sessions.of(request).destroy();
    return reply.redirect('/', 303);
  });
  return app;
}
