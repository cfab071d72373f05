import { createServer } from 'node:http';
import { ReadableStream } from 'node:stream/web';
import { getRequestListener } from '@hono/node-server';
import { type AdapterHarness, listen, type Reply } from '@sess/conformance';
import { type Context, Hono } from 'hono';
import { session } from '../src/index.js';

const bodyOwnsIt =
  'the response has been answered before its body is read: what a body changes is stored by session.save()';

export const honoHarness: AdapterHarness = {
  exceptions: {
    'a handler that does not ask for its session: the answer does not vary':
      'a variable of Hono is a value, not a getter: behind the middleware, every handler has been given its session',
    'a streamed answer: written after the head, stored before the end': bodyOwnsIt,
    'a new session after the head: the answer breaks off, the error is told': bodyOwnsIt,
    'the store fails after the head: the answer breaks off': bodyOwnsIt,
  },
  async serve({ sessions: options, trustProxy, handle, answerError }) {
    const isHttps = (request: Request) => trustProxy && request.headers.get('x-forwarded-proto') === 'https';
    const sessions = options.map((each) => session({ ...each, isHttps }));
    const app = new Hono();
    for (const each of sessions) app.use(each);
    app.all('*', async (c) =>
      send(c, await handle({ path: c.req.path, sessions: sessions.map((each) => () => each.of(c)) })),
    );
    app.onError((error, c) => send(c, answerError(error)));
    const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
    return { ...(await listen(server)), sessions };
  },
};

function send(c: Context, { status, headers = [], redirect, body }: Reply): Response {
  for (const [name, value] of headers) c.header(name, value, { append: true });
  if (redirect !== undefined) return c.redirect(redirect);
  c.status((status ?? 200) as 200);
  return c.newResponse(
    typeof body === 'object' ? (ReadableStream.from(body) as globalThis.ReadableStream) : (body ?? null),
  );
}
