import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createGate, recordHooks, settle } from '../test/hooks.js';
import { exchange, listen, openRaw, parseAnswer, serve, valuesOf } from '../test/serve.js';
import { type HeadAdditions, holdResponse } from './index.js';

const additions: HeadAdditions = { setCookie: 'sid=1', vary: 'Cookie', noStore: true };

describe('a hook that answers at once', () => {
  test('defers nothing: the response is sent when end returns', async () => {
    const states: unknown[] = [];
    const port = await serve((_, response) => {
      holdResponse(response, recordHooks(additions));
      states.push(response.headersSent, response.writableEnded);
      response.end('body');
      states.push(response.headersSent, response.writableEnded);
    });
    const answer = parseAnswer(await exchange(port));
    expect(states).toEqual([false, false, true, true]);
    expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    expect(answer.body).toBe('body');
  });

  test.each(['writeHead', 'write', 'flushHeaders', 'end'] as const)('is run once, by %s', async (method) => {
    const hooks = recordHooks();
    const port = await serve((_, response) => {
      holdResponse(response, hooks);
      if (method === 'writeHead') response.writeHead(200);
      if (method === 'flushHeaders') response.flushHeaders();
      if (method === 'write') response.write('a');
      expect(hooks.calls).toEqual(method === 'end' ? [] : ['beforeHead']);
      response.end('b');
    });
    await exchange(port);
    expect(hooks.calls).toEqual(method === 'end' ? ['beforeHead'] : ['beforeHead', 'beforeEnd']);
  });

  test('leaves the methods as they were', async () => {
    const methods: unknown[] = [];
    const port = await serve((_, response) => {
      const read = () => [response.writeHead, response.write, response.end, response.flushHeaders];
      const before = read();
      holdResponse(response, recordHooks());
      methods.push(read().some((method, i) => method === before[i]));
      response.write('a');
      response.end();
      methods.push(read().every((method, i) => method === before[i]));
    });
    await exchange(port);
    expect(methods).toEqual([false, true]);
  });

  test('also works on a response that has no socket yet', () => {
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const hooks = recordHooks(additions);
    holdResponse(response, hooks);
    response.end('body');
    expect(hooks.calls).toEqual(['beforeHead']);
    expect(response.headersSent).toBe(true);
  });
});

describe('a hook that answers later', () => {
  test('no byte leaves before it has', async () => {
    const gate = createGate<HeadAdditions>();
    const reached = createGate<ServerResponse>();
    const port = await serve((request, response) => {
      if (request.url === '/other') return response.end('other');
      reached.open(response);
      holdResponse(response, { ...recordHooks(), beforeHead: () => gate.promise });
      response.writeHead(302, { Location: '/next' });
      response.flushHeaders();
      response.write('moved');
      return response.end();
    });
    const client = openRaw(port, 'GET / HTTP/1.1\nHost: test\nConnection: close\n\n');
    const held = await reached.promise;
    // A whole exchange on another connection: whatever the first one had sent would have arrived by now.
    expect(await exchange(port, 'GET /other HTTP/1.1')).toContain('other');
    expect(client.received()).toBe('');
    expect(held.socket?.bytesWritten).toBe(0);
    gate.open(additions);
    const answer = parseAnswer(await client.closed());
    expect(answer.status).toBe('HTTP/1.1 302 Found');
    expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    expect(answer.body).toBe('5\r\nmoved\r\n0\r\n\r\n');
  });

  test('meanwhile the head is sealed and the end is the end, as Node would have it', async () => {
    const gate = createGate<undefined>();
    const seen: unknown[] = [];
    const codeOf = (change: () => unknown) => {
      try {
        change();
        return 'nothing thrown';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const port = await serve((_, response) => {
      holdResponse(response, { ...recordHooks(), beforeHead: () => gate.promise });
      seen.push(response.write('a'), response.headersSent, response.writableEnded);
      seen.push(codeOf(() => response.setHeader('a', 'b')));
      seen.push(codeOf(() => response.appendHeader('a', 'b')));
      seen.push(codeOf(() => response.removeHeader('a')));
      seen.push(codeOf(() => response.writeHead(200)));
      seen.push(response.end('b') === response, response.headersSent, response.writableEnded);
      gate.open(undefined);
    });
    expect(parseAnswer(await exchange(port)).body).toBe('1\r\na\r\n1\r\nb\r\n0\r\n\r\n');
    const sent = 'ERR_HTTP_HEADERS_SENT';
    expect(seen).toEqual([true, true, false, sent, sent, sent, sent, true, true, true]);
  });

  test('leaves the response as it was', async () => {
    const gate = createGate<undefined>();
    const kept: unknown[] = [];
    const port = await serve((_, response) => {
      const before = [response.writeHead, response.write, response.end, response.flushHeaders];
      holdResponse(response, { beforeHead: () => gate.promise, failed: () => undefined });
      response.end('body');
      gate.open(undefined);
      response.on('finish', () => {
        const after = [response.writeHead, response.write, response.end, response.flushHeaders];
        kept.push(after.every((method, i) => method === before[i]));
        kept.push(Object.hasOwn(response, 'writableEnded'), response.writableEnded, response.headersSent);
      });
    });
    await exchange(port);
    expect(kept).toEqual([true, false, true, true]);
  });

  test('what Node refuses is refused at the call, and the answer that follows is complete', async () => {
    const hooks = recordHooks();
    const port = await serve((_, response) => {
      holdResponse(response, {
        ...hooks,
        beforeHead: async () => {
          hooks.calls.push('beforeHead');
          return additions;
        },
      });
      expect(() => response.writeHead(99)).toThrow(expect.objectContaining({ code: 'ERR_HTTP_INVALID_STATUS_CODE' }));
      expect(() => response.writeHead(200, { 'bad name': 'x' })).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_HTTP_TOKEN' }),
      );
      expect(() => response.writeHead(200, 'bad\nmessage')).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_CHAR' }),
      );
      response.statusMessage = '';
      expect(() => response.writeHead(200, ['odd'])).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
      );
      expect(() => response.write(null)).toThrow(expect.objectContaining({ code: 'ERR_STREAM_NULL_VALUES' }));
      expect(() => response.end(5)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
      expect(response.headersSent).toBe(false);
      response.statusCode = 400;
      response.end('refused');
    });
    const answer = parseAnswer(await exchange(port));
    expect(answer.status).toBe('HTTP/1.1 400 Bad Request');
    expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    expect(answer.body).toBe('refused');
    expect(hooks.calls).toEqual(['beforeHead', 'beforeEnd']);
  });

  test('write and end callbacks are called once their output has gone', async () => {
    const gate = createGate<undefined>();
    const calls: string[] = [];
    const port = await serve((_, response) => {
      holdResponse(response, { ...recordHooks(), beforeHead: () => gate.promise });
      response.write('a', () => calls.push('write'));
      response.write('b', 'utf8', () => calls.push('write with encoding'));
      response.end('c', () => calls.push('end'));
      calls.push('handler done');
      gate.open(undefined);
    });
    await exchange(port);
    expect(calls).toEqual(['handler done', 'write', 'write with encoding', 'end']);
  });

  test('a lazy thenable is asked once', async () => {
    let asked = 0;
    const lazy: PromiseLike<undefined> = {
      // biome-ignore lint/suspicious/noThenProperty: query builders return such values.
      then: (resolve, reject) => {
        asked += 1;
        return Promise.resolve(undefined).then(resolve, reject);
      },
    };
    const port = await serve((_, response) => {
      holdResponse(response, { beforeHead: () => lazy, failed: () => undefined });
      response.end('body');
    });
    expect(parseAnswer(await exchange(port)).body).toBe('body');
    expect(asked).toBe(1);
  });
});

describe('beforeEnd', () => {
  test('delays the end of an answer whose head has left, and only the end', async () => {
    const gate = createGate();
    let isEnded: boolean | undefined;
    const port = await serve((_, response) => {
      holdResponse(response, { ...recordHooks(), beforeEnd: () => gate.promise });
      response.write('first');
      response.end('last');
      isEnded = response.writableEnded;
    });
    const client = openRaw(port, 'GET / HTTP/1.1\nHost: test\nConnection: close\n\n');
    expect(await client.until('first')).not.toContain('last');
    expect(isEnded).toBe(true);
    gate.open(undefined);
    expect(await client.closed()).toContain('4\r\nlast\r\n0\r\n\r\n');
  });

  test('runs when the end comes, however long after the head has left', async () => {
    const hooks = recordHooks();
    const port = await serve(async (_, response) => {
      holdResponse(response, { ...hooks, beforeHead: async () => undefined });
      response.write('a');
      await settle();
      expect(hooks.calls).toEqual([]);
      expect(() => response.end(5)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
      expect(hooks.calls).toEqual([]);
      response.end('b');
    });
    expect(parseAnswer(await exchange(port)).body).toBe('1\r\na\r\n1\r\nb\r\n0\r\n\r\n');
    expect(hooks.calls).toEqual(['beforeEnd']);
  });

  test('runs before anything leaves if the body has ended by then', async () => {
    const head = createGate<HeadAdditions>();
    const reached = createGate();
    const end = createGate();
    const order: string[] = [];
    const port = await serve((_, response) => {
      holdResponse(response, {
        beforeHead: () => head.promise,
        beforeEnd: () => {
          order.push('beforeEnd');
          reached.open(undefined);
          return end.promise;
        },
        failed: () => undefined,
      });
      response.write('body');
      order.push('changed after the head was asked for');
      response.end();
      head.open(additions);
    });
    const client = openRaw(port, 'GET / HTTP/1.1\nHost: test\nConnection: close\n\n');
    await reached.promise;
    await settle();
    expect(client.received()).toBe('');
    end.open(undefined);
    expect(await client.closed()).toContain('4\r\nbody\r\n0\r\n\r\n');
    expect(order).toEqual(['changed after the head was asked for', 'beforeEnd']);
  });

  test('is all that is called on a response whose head has already left', async () => {
    const hooks = recordHooks(additions);
    const port = await serve((_, response) => {
      response.write('early');
      holdResponse(response, hooks);
      response.end();
    });
    expect(await exchange(port)).toContain('early');
    expect(hooks.calls).toEqual(['beforeEnd']);
  });

  test('is all that is called if the head is determined past the hold, by the old alias', async () => {
    const hooks = recordHooks(additions);
    const port = await serve((_, response) => {
      holdResponse(response, hooks);
      (response as ServerResponse & { writeHeader(status: number): void }).writeHeader(201);
      response.end('body');
    });
    expect(await exchange(port)).toContain('201 Created');
    expect(hooks.calls).toEqual(['beforeEnd']);
  });

  test('nothing is called on a response that has ended', async () => {
    const hooks = recordHooks(additions);
    const port = await serve((_, response) => {
      response.end('early');
      holdResponse(response, hooks);
      response.end();
    });
    expect(await exchange(port)).toContain('early');
    expect(hooks.calls).toEqual([]);
  });

  test('a failure breaks the answer off, and says so', async () => {
    const hooks = recordHooks();
    const server = createServer((_, response) => {
      holdResponse(response, { ...hooks, beforeEnd: () => Promise.reject(new Error('store down')) });
      response.write('part');
      response.end('rest', (error?: Error) => hooks.calls.push(`end callback: ${error?.message}`));
    });
    server.on('clientError', () => hooks.calls.push('the client is blamed'));
    const answer = await exchange(await listen(server));
    expect(answer).not.toContain('rest');
    expect(answer).not.toContain('0\r\n\r\n');
    expect(hooks.calls).toEqual(['beforeHead', 'end callback: store down', 'failed: store down']);
  });
});
