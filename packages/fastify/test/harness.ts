import { Readable } from 'node:stream';
import type { AdapterHarness, Reply } from '@sess/conformance';
import fastify, { type FastifyReply } from 'fastify';
import { session } from '../src/index.js';

export const fastifyHarness: AdapterHarness = {
  async serve({ sessions: options, trustProxy, handle, answerError }) {
    const app = fastify({ trustProxy, forceCloseConnections: true });
    const sessions = options.map((each) => session(each));
    app.setErrorHandler(async (error, _request, reply) => send(reply, answerError(error)));
    for (const each of sessions) await app.register(each);
    app.all('*', async (request, reply) => {
      const opened = sessions.map((each) => () => each.of(request));
      return send(reply, await handle({ path: new URL(request.url, 'http://host').pathname, sessions: opened }));
    });
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), sessions, close: () => app.close() };
  },
};

function send(reply: FastifyReply, { status, headers = [], redirect, body }: Reply): FastifyReply {
  for (const [name, value] of headers) reply.header(name, value);
  if (redirect !== undefined) return reply.redirect(redirect, status ?? 302);
  return reply.code(status ?? 200).send(typeof body === 'object' ? Readable.from(body) : body);
}
