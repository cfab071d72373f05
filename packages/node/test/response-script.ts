import { once } from 'node:events';
import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import fc from 'fast-check';

/** One thing a handler may do with a response. */
export type Step =
  | { readonly do: 'setHeader' | 'appendHeader'; readonly name: string; readonly value: string | string[] }
  | { readonly do: 'removeHeader'; readonly name: string }
  | { readonly do: 'status'; readonly code: number; readonly message: string }
  | { readonly do: 'writeHead'; readonly head: Head }
  | { readonly do: 'write'; readonly chunk: Chunk }
  | { readonly do: 'pipe'; readonly chunks: readonly Chunk[] }
  | { readonly do: 'trailers'; readonly value: string }
  | { readonly do: 'flushHeaders' | 'wait' }
  | { readonly do: 'end'; readonly chunk: string | undefined };

/** What is written; a number stands for so many bytes, so that a counterexample can be read. */
type Chunk = string | Uint8Array | number;

interface Head {
  readonly code: number;
  readonly message: string | undefined;
  readonly headers: Readonly<Record<string, string | string[]>> | undefined;
  readonly form: 'object' | 'flat' | 'nested';
}

/** What a handler can see of a response after a step: what was thrown, and the response's state. */
export type Trace = readonly [error: string, headersSent: boolean, writableEnded: boolean][];

/** Carries the steps out, one after the other. */
export async function perform(script: readonly Step[], response: ServerResponse): Promise<Trace> {
  const trace: [string, boolean, boolean][] = [];
  let hasHeaders = false;
  // Node keeps and changes the lists it is given; every performance needs its own.
  for (const step of structuredClone(script)) {
    let error = '';
    try {
      await performStep(step, response, hasHeaders);
    } catch (thrown) {
      error = (thrown as { code: string }).code;
    }
    hasHeaders ||= step.do.endsWith('Header');
    trace.push([error, response.headersSent, response.writableEnded]);
  }
  return trace;
}

async function performStep(step: Step, response: ServerResponse, hasHeaders: boolean): Promise<void> {
  switch (step.do) {
    case 'setHeader':
    case 'appendHeader':
      response[step.do](step.name, step.value);
      break;
    case 'removeHeader':
      response.removeHeader(step.name);
      break;
    case 'status':
      response.statusCode = step.code;
      response.statusMessage = step.message;
      break;
    case 'writeHead':
      response.writeHead(...headArguments(step.head, hasHeaders, response.statusMessage));
      break;
    case 'write':
      response.write(toData(step.chunk));
      break;
    case 'pipe':
      await pipe(step.chunks, response);
      break;
    case 'trailers':
      response.addTrailers({ 'X-Trailer': step.value });
      break;
    case 'flushHeaders':
      response.flushHeaders();
      break;
    case 'wait':
      await new Promise((resolve) => setImmediate(resolve));
      break;
    case 'end':
      // A chunk after the end is an error event, whose coming depends on when the connection closes.
      response.end(response.writableEnded ? undefined : step.chunk);
  }
}

function toData(chunk: Chunk): string | Uint8Array {
  return typeof chunk === 'number' ? 'x'.repeat(chunk) : chunk;
}

async function pipe(chunks: readonly Chunk[], response: ServerResponse): Promise<void> {
  // What a piped `write` throws is an uncaught exception, held or not.
  if (response.statusCode < 100 || response.statusCode > 999) response.statusCode = 200;
  if (response.statusMessage === badMessage) response.statusMessage = '';
  const source = Readable.from(chunks.map(toData));
  source.pipe(response, { end: false });
  await once(source, 'end');
}

type HeadArguments = [code: number, message: string | undefined, headers: Record<string, OutgoingHttpHeader>];

function headArguments(head: Head, hasHeaders: boolean, earlierMessage: string): HeadArguments {
  const { code, message, headers, form } = head;
  // Node 20 and 22 garble a nested list when headers have been set before.
  const list = form === 'nested' && !hasHeaders ? Object.entries(headers ?? {}) : Object.entries(headers ?? {}).flat();
  // Whether the headers of a refused head stay depends, in Node, on what has been set before.
  const isRefused = (message ?? earlierMessage) === badMessage;
  const given = isRefused ? undefined : form === 'object' ? headers : list;
  return (message === undefined ? [code, given] : [code, message, given]) as HeadArguments;
}

const names = ['X-One', 'X-Two', 'Vary', 'Cache-Control', 'Set-Cookie', 'Content-Type', 'Link', 'Date'];
const value = fc.constantFrom('a', 'accept', 'cookie', '*', 'private', 'x=1', 'y=2; Path=/');
const values = fc.oneof(value, fc.uniqueArray(value, { minLength: 1, maxLength: 3 }));
const name = fc.constantFrom(...names, ...names.map((each) => each.toLowerCase()));
const badMessage = 'bad\nmessage';
const message = fc.constantFrom('Fine', '', badMessage);
const code = fc.constantFrom(200, 201, 204, 302, 304, 404, 500, 999, 99, 1000);
const bytes = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(70_000));
const text = fc.string({ unit: 'grapheme', maxLength: 10 });

const head: fc.Arbitrary<Head> = fc.record({
  code,
  message: fc.option(message, { nil: undefined }),
  headers: fc.option(fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 4, noNullPrototype: true }), {
    nil: undefined,
  }),
  form: fc.constantFrom('object', 'flat', 'nested'),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('setHeader' as const, 'appendHeader' as const), name, value: values }),
  fc.record({ do: fc.constant('removeHeader' as const), name }),
  fc.record({ do: fc.constant('status' as const), code, message }),
  fc.record({ do: fc.constant('writeHead' as const), head }),
  fc.record({ do: fc.constant('write' as const), chunk: fc.oneof(text, bytes) }),
  fc.record({ do: fc.constant('pipe' as const), chunks: fc.array(bytes, { maxLength: 4 }) }),
  fc.record({ do: fc.constant('trailers' as const), value }),
  fc.record({ do: fc.constantFrom('flushHeaders' as const, 'wait' as const) }),
);

const end: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('end' as const),
  chunk: fc.option(text, { nil: undefined }),
});

const afterEnd: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('setHeader' as const), name, value: values }),
  fc.record({ do: fc.constant('writeHead' as const), head }),
  fc.constant<Step>({ do: 'end', chunk: undefined }),
);

/** A handler's whole life with a response: some steps, the end (tried again if a bad status was refused), perhaps more. */
export const scripts: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.array(step, { maxLength: 8 }), end, fc.array(afterEnd, { maxLength: 2 }))
  .map(([before, last, after]) => [
    ...before,
    last,
    { do: 'status', code: 500, message: '' },
    { do: 'end', chunk: 'x' },
    ...after,
  ]);
