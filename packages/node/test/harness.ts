import { createServer, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { Readable } from 'node:stream';
import { type AdapterHarness, listen, type Reply } from '@sess/conformance';
import type { Session } from '@sess/core';
import { type NodeRequest, type NodeResponse, type ServerSessions, session } from '../src/index.js';

const harnessOf = (protocol: 'http1' | 'http2'): AdapterHarness => ({
  exceptions: {
    'a handler that does not ask for its session: the answer does not vary': 'run() hands every handler its session',
  },
  async serve({ sessions: options, trustProxy, handle, answerError }) {
    const onError = (error: unknown, _: NodeRequest, res: NodeResponse) => send(res, answerError(error));
    const sessions = options.map((each) => session({ ...each, trustProxy, onError }));
    const listener = (req: NodeRequest, res: NodeResponse) =>
      runAll(sessions, req, res, async (opened) => {
        send(res, await handle({ path: new URL(req.url ?? '/', 'http://host').pathname, sessions: opened }));
      });
    const server = protocol === 'http1' ? createServer(listener) : createHttp2Server(listener);
    return { ...(await listen(server)), protocol, sessions };
  },
});

/** Runs one inside the other. */
async function runAll(
  [first, ...others]: readonly ServerSessions[],
  req: NodeRequest,
  res: NodeResponse,
  handler: (opened: readonly (() => Session)[]) => Promise<void>,
): Promise<void> {
  if (first === undefined) return await handler([]);
  await first.run(req, res, () => runAll(others, req, res, (inner) => handler([() => first.of(req), ...inner])));
}

function send(response: NodeResponse, { status, headers = [], redirect, body }: Reply): void {
  const res = response as ServerResponse;
  const location = redirect === undefined ? [] : ['Location', redirect];
  // With the head, as many applications give their headers: what the session adds must not be lost by it.
  res.writeHead(status ?? (redirect === undefined ? 200 : 302), [...headers.flat(), ...location]);
  if (typeof body === 'object') Readable.from(body).pipe(res);
  else res.end(body);
}

export const http1Harness = harnessOf('http1');
export const http2Harness = harnessOf('http2');
