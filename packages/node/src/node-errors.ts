import { isHttp2, type Response } from './response.js';

// A held response refuses things the way Node does: handlers and frameworks branch on these codes.

/** The error for changing a head that is already determined, such as a second `writeHead`. */
export function headersSentError(response: Response, verb: 'write' | 'set' | 'append' | 'remove'): Error {
  return isHttp2(response)
    ? withCode(new Error('Response has already been initiated.'), 'ERR_HTTP2_HEADERS_SENT')
    : withCode(new Error(`Cannot ${verb} headers after they are sent to the client`), 'ERR_HTTP_HEADERS_SENT');
}

/** The error for a status code outside 100 to 999. */
export function statusCodeError(status: unknown): Error {
  return withCode(new RangeError(`Invalid status code: ${String(status)}`), 'ERR_HTTP_INVALID_STATUS_CODE');
}

/** The error for a flat list of headers in which a name has no value. */
export function oddHeadersError(length: number): Error {
  const message = `The argument 'headers' is invalid: a flat list has a value after each name, this one has ${length} entries`;
  return withCode(new TypeError(message), 'ERR_INVALID_ARG_VALUE');
}

/** Throws what Node throws for a chunk that is neither a string nor bytes. */
export function assertChunk(chunk: unknown): void {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return;
  if (chunk === null) throw withCode(new TypeError('May not write null values to stream'), 'ERR_STREAM_NULL_VALUES');
  const message = `The "chunk" argument must be of type string or an instance of Buffer or Uint8Array. Received ${typeof chunk}`;
  throw withCode(new TypeError(message), 'ERR_INVALID_ARG_TYPE');
}

function withCode<E extends Error>(error: E, code: string): E {
  return Object.assign(error, { code });
}
