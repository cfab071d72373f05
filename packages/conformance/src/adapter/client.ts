import { request as requestHttp1 } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';

/** What a client asks for. */
export interface Query {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer as it came. */
export interface Answer {
  /** 0 if no head has come. */
  readonly status: number;
  /** Every value of every header, by its name in small letters. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  /** Whether the answer is complete. */
  readonly isComplete: boolean;
}

/** A request under way, on a connection of its own. */
export interface Call {
  /** Resolves when the head has arrived or the connection has closed. */
  readonly head: Promise<void>;
  /** Resolves when there is nothing more to come. Never rejects. */
  readonly answer: Promise<Answer>;
  /** Whether anything of the answer has come: over HTTP/1 a byte, over HTTP/2 a head. */
  hasBegun(): boolean;
  /** Goes away without waiting for the answer. */
  leave(): void;
}

/** Sends one request over HTTP/1.1. */
export function callHttp1(url: string, { method, path, headers }: Query): Call {
  const request = requestHttp1(url + path, { method, headers, agent: false });
  const record = new Recorder();
  request.on('response', (response) => {
    record.begin(response.statusCode ?? 0, response.rawHeaders);
    response.on('data', (chunk: Buffer) => record.add(chunk));
    response.on('error', () => {});
    response.on('close', () => record.finish(response.complete));
  });
  request.on('error', () => record.finish(false));
  request.end();
  return {
    head: record.head,
    answer: record.answer,
    hasBegun: () => (request.socket?.bytesRead ?? 0) > 0,
    leave: () => void request.destroy(),
  };
}

/** Sends one request over HTTP/2 without TLS. */
export function callHttp2(url: string, { method, path, headers }: Query): Call {
  const session = connectHttp2(url);
  const record = new Recorder();
  let hasEnded = false;
  session.on('error', () => record.finish(false));
  const stream = session.request({ ...headers, ':method': method, ':path': path });
  stream.on('response', ({ ':status': status, ...fields }) => {
    const flat = Object.entries(fields).flatMap(([name, value]) =>
      [value ?? []].flat().flatMap((each) => [name, each]),
    );
    record.begin(Number(status), flat);
  });
  stream.on('data', (chunk: Buffer) => record.add(chunk));
  stream.on('end', () => {
    hasEnded = true;
  });
  stream.on('error', () => {});
  stream.on('close', () => {
    session.destroy();
    record.finish(hasEnded && stream.rstCode === 0);
  });
  stream.end();
  const leave = () => void session.destroy();
  return { head: record.head, answer: record.answer, hasBegun: () => record.hasBegun, leave };
}

class Recorder {
  readonly head: Promise<void>;
  readonly answer: Promise<Answer>;
  hasBegun = false;
  readonly #headers = new Map<string, string[]>();
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #arrive: () => void = () => {};
  #resolve: (answer: Answer) => void = () => {};

  constructor() {
    this.head = new Promise((resolve) => {
      this.#arrive = resolve;
    });
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** `flat` has the headers' names and values in turn. */
  begin(status: number, flat: readonly string[]): void {
    this.hasBegun = true;
    this.#status = status;
    for (let at = 0; at < flat.length; at += 2) {
      const name = String(flat[at]).toLowerCase();
      this.#headers.set(name, [...(this.#headers.get(name) ?? []), String(flat[at + 1])]);
    }
    this.#arrive();
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  finish(isComplete: boolean): void {
    this.#arrive();
    const body = Buffer.concat(this.#chunks).toString();
    this.#resolve({ status: this.#status, headers: this.#headers, body, isComplete });
  }
}
