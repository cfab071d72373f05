import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createGzip, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type HeadAdditions, holdResponse } from '../src/index.js';
import { recordHooks, settle } from './hooks.js';
import { exchange, openRaw, parseAnswer, serve, valuesOf } from './serve.js';

/** Runs `listener` just before the head is written, in the way of the `on-headers` package. */
function onHead(response: ServerResponse, listener: () => void): void {
  const { writeHead } = response;
  let fired = false;
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    if (!fired) {
      fired = true;
      response.statusCode = args[0];
      listener();
    }
    return writeHead.apply(response, args);
  }) as typeof writeHead;
}

/** Compresses what is written, in the way of the `compression` package: implicit head, private `_header`, own `drain`. */
function compress(response: ServerResponse): void {
  const { write, end, on } = response;
  const inner = response as unknown as { _header: unknown; _implicitHeader(): void };
  let ended = false;
  const drainListeners: (() => void)[] = [];
  let stream: ReturnType<typeof createGzip> | undefined;
  onHead(response, () => {
    const gzip = createGzip();
    stream = gzip;
    response.removeHeader('Content-Length');
    response.setHeader('Content-Encoding', 'gzip');
    gzip.on('data', (chunk) => {
      if (!write.call(response, chunk, 'utf8')) gzip.pause();
    });
    gzip.on('end', () => end.call(response, undefined, 'utf8'));
    on.call(response, 'drain', () => gzip.resume());
    for (const listener of drainListeners) gzip.on('drain', listener);
  });
  response.on = ((event: string, listener: () => void) => {
    if (event !== 'drain') return on.call(response, event, listener);
    if (stream === undefined) drainListeners.push(listener);
    else stream.on('drain', listener);
    return response;
  }) as typeof on;
  response.write = ((chunk: string) => {
    if (ended) return false;
    if (!inner._header) inner._implicitHeader();
    return stream?.write(chunk);
  }) as typeof write;
  response.end = ((chunk?: string) => {
    if (ended) return response;
    if (!inner._header) inner._implicitHeader();
    ended = true;
    stream?.end(chunk);
    return response;
  }) as typeof end;
}

type Layer = (response: ServerResponse) => unknown;

const additions: HeadAdditions = { setCookie: 'sid=1', vary: 'Cookie' };

/** The answer, and the time it takes to come, do not depend on when the hook is done. */
const kinds: [string, () => HeadAdditions | Promise<HeadAdditions>][] = [
  ['at once', () => additions],
  ['later', () => settle().then(() => additions)],
];

async function answerOf(...layers: Layer[]) {
  const port = await serve((_, response) => {
    for (const layer of layers) layer(response);
  });
  return parseAnswer(await exchange(port));
}

/** The bytes of a chunked body. */
function unchunk(body: string): Buffer {
  const parts: Buffer[] = [];
  for (let rest = body; ; ) {
    const length = Number.parseInt(rest, 16);
    if (!(length > 0)) return Buffer.concat(parts);
    const start = rest.indexOf('\r\n') + 2;
    parts.push(Buffer.from(rest.slice(start, start + length), 'latin1'));
    rest = rest.slice(start + length + 2);
  }
}

describe.each(kinds)('with a hook that answers %s', (_, beforeHead) => {
  const hold: Layer = (response) => holdResponse(response, { ...recordHooks(), beforeHead });
  const stamp: Layer = (response) => onHead(response, () => response.setHeader('X-Stamp', response.statusCode));

  test.each<[string, Layer[]]>([
    ['before', [stamp, hold]],
    ['after', [hold, stamp]],
    ['before and after', [stamp, hold, compress]],
  ])('a listener for the head, put on %s the hold, sees the head', async (__, layers) => {
    const handlers: Layer[] = [
      (response) => response.writeHead(201).end('body'),
      (response) => {
        response.statusCode = 201;
        response.end('body');
      },
    ];
    for (const handler of handlers) {
      const answer = await answerOf(...layers, handler);
      expect(valuesOf(answer, 'X-Stamp')).toEqual(['201']);
      expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
    }
  });

  test.each<[string, Layer[]]>([
    ['before', [compress, hold]],
    ['after', [hold, compress]],
  ])('a compressor put on %s the hold', async (__, layers) => {
    const text = 'x'.repeat(300_000);
    const handlers: Layer[] = [
      (response) => response.end(text),
      (response) => Readable.from(Array.from({ length: 30 }, () => text.slice(0, 10_000))).pipe(response),
      (response) => Readable.from([text.slice(1), 'x']).pipe(response),
    ];
    for (const handler of handlers) {
      const answer = await answerOf(...layers, handler);
      expect(valuesOf(answer, 'Content-Encoding')).toEqual(['gzip']);
      expect(valuesOf(answer, 'Set-Cookie')).toEqual(['sid=1']);
      expect(gunzipSync(unchunk(answer.body)).toString()).toBe(text);
    }
  });

  test('a wrapper stays on, and what it took over goes through', async () => {
    const seen: string[] = [];
    const log: Layer = (response) => {
      const { write, end } = response;
      response.write = ((...args: Parameters<typeof write>) => {
        seen.push('write');
        return write.apply(response, args);
      }) as typeof write;
      response.end = ((...args: Parameters<typeof end>) => {
        seen.push('end');
        return end.apply(response, args);
      }) as typeof end;
    };
    // Without `beforeEnd` the hold is done with the response as soon as the head has left.
    const holdHead: Layer = (response) => holdResponse(response, { beforeHead, failed: () => undefined });
    const answer = await answerOf(holdHead, log, async (response) => {
      response.write('a');
      await settle(10);
      response.write('b');
      response.end('c');
    });
    expect(answer.body).toBe('1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n');
    expect(seen).toEqual(['write', 'write', 'end']);
  });

  test('two holds: each adds its own, from the last to the first', async () => {
    const order: string[] = [];
    const holdAs =
      (name: string): Layer =>
      (response) =>
        holdResponse(response, {
          beforeHead: async () => {
            await beforeHead();
            order.push(name);
            return { setCookie: `${name}=1`, vary: 'Cookie' };
          },
          beforeEnd: () => {
            order.push(`${name} end`);
          },
          failed: () => order.push('failed'),
        });
    const answer = await answerOf(holdAs('a'), holdAs('b'), (response) => {
      response.write('bo');
      response.end('dy');
    });
    expect(valuesOf(answer, 'Set-Cookie')).toEqual(['b=1', 'a=1']);
    expect(valuesOf(answer, 'Vary')).toEqual(['Cookie']);
    expect(answer.body).toBe('2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n');
    expect(order).toEqual(['b', 'b end', 'a', 'a end']);
  });
});

describe('a failure under wrappers', () => {
  const storeDown = new Error('store down');
  const kinds: [string, () => Promise<undefined>][] = [
    [
      'at once',
      () => {
        throw storeDown;
      },
    ],
    ['later', () => settle().then(() => Promise.reject(storeDown))],
  ];

  test.each(kinds)('%s: a compressor put on after the hold keeps its old answer to itself', async (_, beforeHead) => {
    const hold: Layer = (response) =>
      holdResponse(response, {
        beforeHead,
        failed: () => settle().then(() => response.writeHead(503, { 'Content-Length': '9' }).end('try later')),
      });
    const handlers: Layer[] = [
      (response) => response.end('secret'.repeat(10_000)),
      (response) => {
        response.write('secret'.repeat(10_000));
        response.end('secret');
      },
    ];
    for (const handler of handlers) {
      const answer = await answerOf(hold, compress, handler);
      expect(answer.status).toContain('503');
      expect(valuesOf(answer, 'Content-Encoding')).toEqual([]);
      expect(answer.body).toBe('try later');
    }
  });

  test.each(kinds)('%s: nor does it keep the error page, if that is piped, from going on', async (_, beforeHead) => {
    const page = Array.from({ length: 50 }, () => 'try later '.repeat(10_000));
    const hold: Layer = (response) =>
      holdResponse(response, {
        beforeHead,
        failed: () => Readable.from(page).pipe(response.writeHead(503, { 'Content-Length': '5000000' })),
      });
    const answer = await answerOf(hold, compress, (response) => response.end('secret'));
    expect(answer.body).toBe(page.join(''));
  });

  test.each(kinds)('%s: a compressor put on before the hold compresses the error page', async (_, beforeHead) => {
    const hold: Layer = (response) =>
      holdResponse(response, { beforeHead, failed: () => response.writeHead(503).end('try later') });
    const answer = await answerOf(compress, hold, (response) => response.end('secret'));
    expect(gunzipSync(unchunk(answer.body)).toString()).toBe('try later');
  });

  test.each(kinds)('%s: of two holds, the other still runs', async (_, beforeHead) => {
    for (const failing of ['a', 'b']) {
      const holdAs =
        (name: string): Layer =>
        (response) =>
          holdResponse(response, {
            beforeHead: () => (name === failing ? beforeHead() : { setCookie: `${name}=1` }),
            failed: () => response.writeHead(503).end('try later'),
          });
      const answer = await answerOf(holdAs('a'), holdAs('b'), (response) => response.end('secret'));
      expect(answer.status).toContain('503');
      expect(valuesOf(answer, 'Set-Cookie')).toEqual([failing === 'a' ? 'b=1' : 'a=1']);
      expect(answer.body).toContain('try later');
    }
  });

  test('code that goes round the hold sends an error, not the answer that was not committed', async () => {
    const port = await serve((_, response) => {
      const { end } = response;
      holdResponse(response, { ...recordHooks(), beforeHead: () => settle().then(() => additions) });
      response.writeHead(200);
      end.call(response, 'secret', 'utf8');
    });
    const client = openRaw(port, 'GET / HTTP/1.1\nHost: test\n\n');
    const answer = parseAnswer(await client.until('\r\n\r\n'));
    expect(answer.status).toBe('HTTP/1.1 500 Internal Server Error');
    expect(valuesOf(answer, 'Content-Length')).toEqual(['0']);
  });
});
