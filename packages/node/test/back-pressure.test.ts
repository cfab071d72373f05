import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { holdResponse } from '../src/index.js';
import { createGate, recordHooks, settle } from './hooks.js';
import { exchange, openRaw, parseAnswer, serve } from './serve.js';

const chunk = 'x'.repeat(64 * 1024);

/** The length of a chunked body, without its framing. */
function lengthOf(body: string): number {
  return (body.match(/x+/g) ?? []).reduce((sum, run) => sum + run.length, 0);
}

test('a pipe stops while the response is held, and goes on afterwards', async () => {
  const gate = createGate<undefined>();
  let read = 0;
  const source = new Readable({
    read() {
      read += 1;
      this.push(read <= 100 ? chunk : null);
    },
  });
  const port = await serve((_, response) => {
    holdResponse(response, { ...recordHooks(), beforeHead: () => gate.promise });
    source.pipe(response);
  });
  const answer = exchange(port);
  await once(source, 'pause');
  await settle();
  // What the source itself buffers, and no more.
  expect(read).toBeLessThan(5);
  gate.open(undefined);
  expect(lengthOf(parseAnswer(await answer).body)).toBe(100 * chunk.length);
});

test('stream.pipeline', async () => {
  const done = createGate<unknown>();
  const port = await serve((_, response) => {
    holdResponse(response, { ...recordHooks(), beforeHead: async () => settle().then(() => undefined) });
    promisify(pipeline)(Readable.from(Array(20).fill(chunk)), response).then(done.open, done.open);
  });
  expect(lengthOf(parseAnswer(await exchange(port)).body)).toBe(20 * chunk.length);
  expect(await done.promise).toBeUndefined();
});

describe('drain', () => {
  test('comes once if the real writes are all taken at once', async () => {
    let drains = 0;
    const port = await serve(async (_, response) => {
      response.on('drain', () => {
        drains += 1;
      });
      holdResponse(response, { ...recordHooks(), beforeHead: async () => undefined });
      // Without a body there is nothing that the connection could be too slow for.
      response.statusCode = 204;
      expect(response.write('a')).toBe(true);
      expect(response.write(chunk)).toBe(false);
      expect(response.write('b')).toBe(false);
      await once(response, 'drain');
      expect(response.write(chunk)).toBe(true);
      await settle();
      response.end();
    });
    await exchange(port);
    expect(drains).toBe(1);
  });

  test('is left to Node if the socket cannot take the real writes', async () => {
    let drains = 0;
    const gate = createGate<undefined>();
    const released = createGate();
    const port = await serve(async (_, response) => {
      response.on('drain', () => {
        drains += 1;
      });
      holdResponse(response, { ...recordHooks(), beforeHead: () => gate.promise });
      response.write('x'.repeat(16_000_000));
      gate.open(undefined);
      await settle();
      released.open(undefined);
      await once(response, 'drain');
      response.end();
    });
    const client = openRaw(port, 'GET / HTTP/1.1\nHost: test\nConnection: close\n\n');
    client.socket.pause();
    await released.promise;
    expect(drains).toBe(0);
    client.socket.resume();
    expect(lengthOf(parseAnswer(await client.closed()).body)).toBe(16_000_000);
    expect(drains).toBe(1);
  });

  test('comes for a HEAD request, whose writes go nowhere', async () => {
    const port = await serve(async (_, response) => {
      holdResponse(response, { ...recordHooks(), beforeHead: async () => undefined });
      if (!response.write(chunk)) await once(response, 'drain');
      response.end();
    });
    expect(parseAnswer(await exchange(port, 'HEAD / HTTP/1.1')).body).toBe('');
  });

  test('does not come after the end', async () => {
    let drains = 0;
    const port = await serve((_, response) => {
      response.on('drain', () => {
        drains += 1;
      });
      holdResponse(response, { ...recordHooks(), beforeHead: async () => undefined });
      // Without a body the real write is taken at once, so that Node has no reason for the event.
      response.statusCode = 204;
      expect(response.write(chunk)).toBe(false);
      response.end();
    });
    await exchange(port);
    expect(drains).toBe(0);
  });
});
