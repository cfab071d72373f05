import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { requireFresh, type Session } from '@sess/core';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type NodeResponse, session } from '../src/index.js';
import { settle } from './hooks.js';
import { exchange, openRaw, parseAnswer, serve, valuesOf } from './serve.js';

type Handler = (visit: Session, response: NodeResponse) => unknown;

/** A server that does what `handler` does; and what is printed meanwhile. */
async function start(handler: Handler) {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => print.mockRestore());
  const sessions = session({});
  const port = await serve((request, response) => sessions.run(request, response, (visit) => handler(visit, response)));
  return { port, sessions, printed: print.mock.calls };
}

const slip = () => {
  throw Object.assign(new Error('a slip of the pen'), { parameters: ['what was to be stored'] });
};

test('an error that nobody listens to is printed, its stack alone', async () => {
  const { port, printed } = await start(slip);
  expect(await exchange(port)).toContain('500');

  expect(printed).toEqual([[expect.stringMatching(/^Error: a slip of the pen\n +at slip/)]]);
});

test('so is one that breaks the answer off', async () => {
  const { port, printed } = await start((visit, response) => {
    response.writeHead(200);
    visit.name = 'Ann';
    response.end();
  });
  await exchange(port);

  expect(printed).toEqual([[expect.stringContaining('head has already been sent')]]);
});

test('and one after the client has gone', async () => {
  const { port, printed } = await start((visit, response) => {
    if (visit.isNew) {
      visit.name = 'Ann';
      response.end();
      return;
    }
    visit.name = 1n;
    client.socket.destroy();
  });
  const cookie = /sid=[^;]+/.exec(await exchange(port))?.[0];
  const client = openRaw(port, `GET / HTTP/1.1\nHost: test\nCookie: ${cookie}\n\n`);
  await client.closed();
  while (printed.length === 0) await settle(1);

  expect(printed).toEqual([[expect.stringContaining('was not stored')]]);
});

test('one that somebody listens to is not', async () => {
  const { port, sessions, printed } = await start(slip);
  const heard: unknown[] = [];
  const off = sessions.on('error', ({ error }) => heard.push(error));
  await exchange(port);
  off();
  const hear = (event: unknown) => heard.push(event);
  subscribe('sess:error', hear);
  await exchange(port);
  unsubscribe('sess:error', hear);

  expect(heard).toHaveLength(2);
  expect(printed).toEqual([]);
});

test('nor is what is no failure of the server: a login that is asked for again', async () => {
  const { port, printed } = await start((visit) => requireFresh(visit, '5m'));
  expect(await exchange(port)).toContain('401');

  expect(printed).toEqual([]);
});

test('its answer is an error’s, and not for caches, whatever the handler has said of its own', async () => {
  const { port } = await start((_visit, response) => {
    response.setHeader('Content-Length', '6');
    response.setHeader('ETag', '"1"');
    response.setHeader('Cache-Control', 'public, max-age=60');
    slip();
  });
  const answer = parseAnswer(await exchange(port));

  expect(answer.status).toBe('HTTP/1.1 500 Internal Server Error');
  expect([valuesOf(answer, 'Content-Length'), valuesOf(answer, 'ETag')]).toEqual([[], []]);
  expect(valuesOf(answer, 'Cache-Control')).toEqual(['no-store']);
});
