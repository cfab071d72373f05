import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { holdResponse } from '../src/index.js';
import { createGate, recordHooks, settle } from './hooks.js';
import { openRaw, serve } from './serve.js';

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
  expect(listeners()).toEqual(before);
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
