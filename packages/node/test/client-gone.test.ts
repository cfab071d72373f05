import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import type { Session } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { holdResponse, session } from '../src/index.js';
import { createGate, recordHooks, settle } from './hooks.js';
import { openRaw, type RawClient, serve } from './serve.js';

const request = 'GET / HTTP/1.1\nHost: test\n\n';

/** Starts a request whose handler is left to the test. */
async function startRequest() {
  const reached = createGate<ServerResponse>();
  const port = await serve((_, response) => {
    if (response.req.url === '/') reached.open(response);
    else response.end('alive');
  });
  const client = openRaw(port, request);
  const response = await reached.promise;
  const events: string[] = [];
  response.on('error', (error) => events.push(error.message));
  const leave = async () => {
    client.socket.destroy();
    await once(response, 'close');
  };
  const listeners = () => Object.fromEntries(response.eventNames().map((name) => [name, response.listenerCount(name)]));
  return { response, leave, events, listeners };
}

test('the client goes while the hook is at work: the rest goes nowhere, quietly', async () => {
  const { response, leave, events, listeners } = await startRequest();
  const gate = createGate<undefined>();
  const hooks = recordHooks();
  const before = listeners();
  holdResponse(response, { ...hooks, beforeHead: () => gate.promise });
  response.write('a');
  await leave();
  response.write('b');
  response.end('c');
  gate.open(undefined);
  await settle();
  expect(events).toEqual([]);
  expect(hooks.calls).toEqual(['beforeEnd']);
  // That for `pipe` stays: to remove it would cost every request more than it does.
  expect(listeners()).toEqual({ ...before, pipe: 1 });
  expect(response.writableEnded).toBe(true);
});

test('the client goes before anything is written: the hook still runs when the handler ends', async () => {
  const { response, leave, events } = await startRequest();
  const hooks = recordHooks({ setCookie: 'sid=1' });
  holdResponse(response, hooks);
  await leave();
  response.setHeader('Content-Type', 'text/plain');
  response.end('late');
  await settle();
  expect(events).toEqual([]);
  expect(hooks.calls).toEqual(['beforeHead']);
});

test('the hook fails after the client has gone: failed is told, and may answer into nothing', async () => {
  const { response, leave, events } = await startRequest();
  const gate = createGate<undefined>();
  const failures: unknown[] = [];
  holdResponse(response, {
    beforeHead: () => gate.promise,
    failed: (error) => {
      failures.push(error);
      response.statusCode = 503;
      response.end('try later');
    },
  });
  response.end('body');
  await leave();
  const storeDown = new Error('store down');
  gate.fail(storeDown);
  await settle();
  expect(failures).toEqual([storeDown]);
  expect(events).toEqual([]);
});

test('a piped source is unpiped by Node, and nothing is left behind', async () => {
  const { response, leave, events } = await startRequest();
  const gate = createGate<undefined>();
  const source = Readable.from(Array.from({ length: 20 }, () => 'x'.repeat(50_000)));
  holdResponse(response, { ...recordHooks(), beforeHead: () => gate.promise });
  source.pipe(response);
  await leave();
  gate.open(undefined);
  await settle();
  expect(events).toEqual([]);
  expect(source.listenerCount('data')).toBe(0);
});

test('response.destroy() while the hook is at work', async () => {
  const { response, events } = await startRequest();
  const gate = createGate<undefined>();
  const errors: unknown[] = [];
  holdResponse(response, { ...recordHooks(), beforeHead: () => gate.promise });
  response.write('a', (error) => errors.push((error as NodeJS.ErrnoException | null)?.code));
  response.destroy();
  await once(response, 'close');
  gate.open(undefined);
  await settle();
  expect(events).toEqual([]);
  expect(errors).toEqual(['ERR_STREAM_DESTROYED']);
});

describe('the client goes, and the handler never ends the response', () => {
  /** Serves one visitor who has a session; resolves to what the store has of it when `act` has been left by its client. */
  async function leave(act: (visit: Session<Visit>, response: ServerResponse, client: RawClient) => Promise<void>) {
    const sessions = session<Visit>({});
    const errors: unknown[] = [];
    sessions.on('error', ({ error }) => errors.push((error as { code?: string }).code));
    const gone = createGate();
    let client: RawClient | undefined;
    const port = await serve(
      (request, response) =>
        void sessions.run(request, response, async (visit) => {
          if (request.url !== '/leave') {
            visit.name ??= 'Ann';
            response.end(JSON.stringify(visit));
            return;
          }
          if (client === undefined) throw new Error('nobody to leave');
          response.once('close', () => setImmediate(gone.open, undefined));
          await act(visit, response as ServerResponse, client);
        }),
    );
    const first = await fetch(`http://127.0.0.1:${port}/`);
    const cookie = first.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    client = openRaw(port, `GET /leave HTTP/1.1\nHost: test\nCookie: ${cookie}\n\n`);
    await gone.promise;
    const seen = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie } });
    return { stored: await seen.json(), errors };
  }

  /** A source that yields nothing before the client has gone. */
  const silence = (response: ServerResponse) =>
    Readable.from(
      (async function* () {
        await once(response, 'close');
        yield 'too late';
      })(),
    );

  test('before the first byte of a pipeline: what it wrote is stored', async () => {
    const { stored, errors } = await leave(async (visit, response, client) => {
      visit.late = true;
      pipeline(silence(response), response, () => {});
      client.socket.destroy();
    });
    expect(stored).toEqual({ name: 'Ann', late: true });
    expect(errors).toEqual([]);
  });

  test('after the first byte: so is what it wrote since', async () => {
    const { stored } = await leave(async (visit, response, client) => {
      response.write('begun');
      await client.until('begun');
      visit.late = true;
      client.socket.destroy();
    });
    expect(stored).toEqual({ name: 'Ann', late: true });
  });

  test('before the handler had written anything: it is stored when the handler is done', async () => {
    const { stored } = await leave(async (visit, response, client) => {
      client.socket.destroy();
      await once(response, 'close');
      visit.late = true;
    });
    expect(stored).toEqual({ name: 'Ann', late: true });
  });

  test('what cannot be stored is an error event', async () => {
    const { errors } = await leave(async (visit, _, client) => {
      visit.late = 1n as unknown as boolean;
      client.socket.destroy();
    });
    expect(errors).toEqual(['ERR_SESS_DATA']);
  });
});

interface Visit {
  name?: string;
  late?: boolean;
}
