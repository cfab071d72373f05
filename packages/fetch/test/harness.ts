import { createServer } from 'node:http';
import { ReadableStream } from 'node:stream/web';
import { getRequestListener } from '@hono/node-server';
import { type AdapterApp, type AdapterHarness, listen, type Reply } from '@sess/conformance';
import type { Session } from '@sess/core';
import { type FetchSessions, session } from '../src/index.js';

const bodyOwnsIt =
  'the response has been answered before its body is read: what a body changes is stored by session.save()';

export const fetchHarness: AdapterHarness = {
  exceptions: {
    'a handler that does not ask for its session: the answer does not vary':
      'handle() hands every handler its session; only open() leaves it to be asked for',
    'a streamed answer: written after the head, stored before the end': bodyOwnsIt,
    'a new session after the head: the answer breaks off, the error is told': bodyOwnsIt,
    'the store fails after the head: the answer breaks off': bodyOwnsIt,
  },
  async serve(app) {
    const { sessions, answer } = answerWith(app);
    const server = createServer(getRequestListener(answer, { overrideGlobalObjects: false }));
    return { ...(await listen(server)), sessions };
  },
};

/** The application as a function from request to response, for whatever server there is. */
export function answerWith({ sessions: options, trustProxy, handle, answerError }: AdapterApp): {
  readonly sessions: readonly FetchSessions[];
  readonly answer: (request: Request) => Promise<Response>;
} {
  const isHttps = (request: Request) => trustProxy && request.headers.get('x-forwarded-proto') === 'https';
  const onError = (error: unknown) => toResponse(answerError(error));
  const sessions = options.map((each) => session({ ...each, isHttps, onError }));
  const answer = (request: Request) =>
    handleAll(sessions, request, async (opened) =>
      toResponse(await handle({ path: new URL(request.url).pathname, sessions: opened })),
    );
  return { sessions, answer };
}

/** Handles one inside the other. */
async function handleAll(
  [first, ...others]: readonly FetchSessions[],
  request: Request,
  handler: (opened: readonly (() => Session)[]) => Promise<Response>,
): Promise<Response> {
  if (first === undefined) return await handler([]);
  return await first.handle(request, (mine) => handleAll(others, request, (inner) => handler([() => mine, ...inner])));
}

function toResponse({ status, headers = [], redirect, body }: Reply): Response {
  if (redirect !== undefined) return Response.redirect(new URL(redirect, 'http://host'), 302);
  const content = typeof body === 'object' ? ReadableStream.from(body) : body;
  return new Response(content, { status: status ?? 200, headers: headers.map(([name, value]) => [name, value]) });
}
