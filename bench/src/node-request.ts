import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';

/** What a request came to. */
export interface Answer {
  readonly status: number;
  /** A `Cookie` header of all cookies that were set; `undefined` if none was. */
  readonly cookie: string | undefined;
}

/** Sends a request through a listener of `node:http` without a network: real request and response objects on a socket that swallows all. */
export function sendThrough(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
  path: string,
  cookie: string | undefined,
): Promise<Answer> {
  return new Promise((resolve) => {
    const silent = new SilentSocket();
    const socket = silent as unknown as Socket;
    const request = new IncomingMessage(socket);
    request.method = 'GET';
    request.url = path;
    request.httpVersionMajor = 1;
    request.httpVersionMinor = 1;
    request.headers.host = 'localhost';
    if (cookie !== undefined) request.headers.cookie = cookie;
    request.push(null);
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.once('finish', () => resolve({ status: response.statusCode, cookie: readSetCookie(silent.head) }));
    listener(request, response);
  });
}

class SilentSocket extends Writable {
  readonly remoteAddress = '127.0.0.1';
  readonly encrypted = false;
  /** The first that was sent. */
  head = '';

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(chunk: unknown, _encoding: unknown, done: () => void): void {
    if (this.head === '' && typeof chunk === 'string') this.head = chunk;
    done();
  }
}

/** The `Cookie` header that answers the `Set-Cookie` headers in a response's head. Headers given to `writeHead` are found nowhere else. */
function readSetCookie(head: string): string | undefined {
  return toCookieHeader([...head.matchAll(/^set-cookie: (.*)$/gim)].map(([, value = '']) => value));
}

/** The `Cookie` header that answers some `Set-Cookie` values; `undefined` if there are none. */
export function toCookieHeader(setCookies: readonly string[]): string | undefined {
  return setCookies.length === 0 ? undefined : setCookies.map((value) => value.split(';', 1)[0]).join('; ');
}
