import { validateHeaderValue } from 'node:http';
import { oddHeadersError, statusCodeError } from './node-errors.js';
import { isHttp2, type Response } from './response.js';

/**
 * Takes in the arguments of a `writeHead` (all forms: with and without a message, headers as an object, a flat or a
 * nested list): status, message and headers are set on the response, as `writeHead` itself would set them. Returns
 * the arguments left for the later `writeHead`. Throws what `writeHead` throws for arguments it refuses.
 */
export function foldHead(response: Response, args: readonly unknown[]): unknown[] {
  const [status, second, third] = args;
  const message = typeof second === 'string' ? second : undefined;
  const headers = message === undefined ? (third ?? second) : third;
  setStatus(response, status, message);
  if (Array.isArray(headers)) appendPairs(response, toPairs(headers));
  else if (typeof headers === 'object' && headers !== null) setFields(response, headers);
  return message === undefined ? [status] : [status, message];
}

/** Throws what Node throws when an implicit head has a status that cannot be sent. */
export function assertStatus(response: Response): void {
  setStatus(response, response.statusCode, undefined);
}

function setStatus(response: Response, status: unknown, message: string | undefined): void {
  const code = Number(status) | 0;
  if (isHttp2(response)) {
    // Refuses a bad code itself, and has no message.
    response.statusCode = code;
    return;
  }
  if (code < 100 || code > 999) throw statusCodeError(status);
  response.statusCode = code;
  if (message !== undefined) response.statusMessage = message;
  if (response.statusMessage) validateHeaderValue('statusMessage', response.statusMessage);
}

function setFields(response: Response, headers: object): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, copyValue(value));
}

/** Node writes a head out immediately; what the caller does to its list of values later must not show here either. */
function copyValue(value: unknown): unknown {
  return Array.isArray(value) ? [...value] : value;
}

type Pair = readonly [name: string, value: unknown];

function toPairs(headers: readonly unknown[]): readonly Pair[] {
  if (Array.isArray(headers[0])) return headers as readonly Pair[];
  if (headers.length % 2 !== 0) throw oddHeadersError(headers.length);
  const pairs: Pair[] = [];
  for (let i = 0; i < headers.length; i += 2) pairs.push([headers[i] as string, headers[i + 1]]);
  return pairs;
}

/** A list replaces what was set before under its names, and may name one header several times. */
function appendPairs(response: Response, pairs: readonly Pair[]): void {
  const values = new Map<string, { readonly name: string; value: unknown }>();
  for (const [name, value] of pairs) {
    const key = String(name).toLowerCase();
    const earlier = values.get(key);
    if (earlier === undefined) values.set(key, { name, value: copyValue(value) });
    else earlier.value = [earlier.value, value].flat();
  }
  for (const { name, value } of values.values()) response.setHeader(name, value);
}
