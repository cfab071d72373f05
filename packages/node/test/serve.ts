import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

interface AnyServer {
  listen(port: number, host: string, listening: () => void): unknown;
  address(): AddressInfo | string | null;
  close(): unknown;
  closeAllConnections?(): void;
}

/** Starts a server on a free port and stops it when the test is over. Resolves to the port. */
export async function listen(server: AnyServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Serves every request with `handler` over HTTP/1. Resolves to the port. */
export function serve(handler: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<number> {
  return listen(createServer(handler as RequestListener));
}

/** A client that speaks bytes. */
export interface RawClient {
  readonly socket: Socket;
  /** What has arrived so far. */
  received(): string;
  /** Resolves with what has arrived once it contains `text`; rejects if the connection closes first. */
  until(text: string): Promise<string>;
  /** Resolves with all that has arrived when the connection is closed. */
  closed(): Promise<string>;
}

/** Connects and sends `request`, lines of which are separated by `\n`. */
export function openRaw(port: number, request: string): RawClient {
  let received = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(request.replaceAll('\n', '\r\n'), 'latin1'));
  socket.setEncoding('latin1');
  const closed = new Promise<string>((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
  const waiting = new Set<() => void>();
  socket.on('data', (data) => {
    received += data;
    for (const check of waiting) check();
  });
  const until = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const check = () => {
        if (!received.includes(text)) return;
        waiting.delete(check);
        resolve(received);
      };
      waiting.add(check);
      void closed.then(() => reject(new Error(`closed before ${JSON.stringify(text)} came; got ${received}`)));
      check();
    });
  return { socket, received: () => received, until, closed: () => closed };
}

/** Sends one request and resolves with all bytes of the answer. */
export function exchange(port: number, start = 'GET / HTTP/1.1'): Promise<string> {
  return openRaw(port, `${start}\nHost: test\nConnection: close\n\n`).closed();
}

/** An answer taken apart. */
export interface Answer {
  readonly status: string;
  /** Header lines as they came, but for `Date`. */
  readonly headers: readonly string[];
  /** Everything after the head, chunk framing included. */
  readonly body: string;
}

/** Takes the bytes of one answer apart. */
export function parseAnswer(raw: string): Answer {
  const end = raw.indexOf('\r\n\r\n');
  const [status = '', ...headers] = raw.slice(0, end).split('\r\n');
  return { status, headers: headers.filter((line) => !line.startsWith('Date: ')), body: raw.slice(end + 4) };
}

/** The values of a header, in order. */
export function valuesOf(answer: Answer, name: string): string[] {
  const prefix = `${name.toLowerCase()}: `;
  return answer.headers
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => line.slice(prefix.length));
}
