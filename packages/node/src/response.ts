import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';

/** A response of `node:http`, `node:https` or the compatibility API of `node:http2`. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** A method as it is passed on: whatever arguments came in go out again, unread. */
export type Method = (...args: unknown[]) => unknown;

/** The four methods through which output leaves a response; everything else ends up in one of them. */
export interface Output {
  writeHead: Method;
  write: Method;
  end: Method;
  flushHeaders: Method;
}

/** What the two kinds of response have in common, without the overloads in which their types differ. */
export interface Response extends Output {
  statusCode: number;
  statusMessage: string | undefined;
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  readonly writableHighWaterMark: number;
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: unknown): unknown;
  removeHeader(name: string): void;
  addTrailers(trailers: Readonly<Record<string, string>>): void;
  on(event: string, listener: (...args: never[]) => void): unknown;
  emit(event: string): boolean;
  destroy(error?: Error): unknown;
}

/** The four methods as they are now, own or inherited. */
export function readOutput(response: Response): Output {
  return {
    writeHead: response.writeHead,
    write: response.write,
    end: response.end,
    flushHeaders: response.flushHeaders,
  };
}

/** Puts all four methods in place. */
export function setOutput(response: Response, output: Output): void {
  response.writeHead = output.writeHead;
  response.write = output.write;
  response.end = output.end;
  response.flushHeaders = output.flushHeaders;
}

/** Replaces the methods that are still `from`'s with `to`'s; one that has been wrapped since stays wrapped. */
export function swapOutput(response: Response, from: Output, to: Output): void {
  // Assigned, not deleted: deleting a property that is not the newest turns the object into a dictionary, which
  // costs more than the whole hold does.
  if (response.writeHead === from.writeHead) response.writeHead = to.writeHead;
  if (response.write === from.write) response.write = to.write;
  if (response.end === from.end) response.end = to.end;
  if (response.flushHeaders === from.flushHeaders) response.flushHeaders = to.flushHeaders;
}

/** Whether the response belongs to HTTP/2, whose errors and status messages differ. */
export function isHttp2(response: Response): boolean {
  return 'stream' in response;
}
