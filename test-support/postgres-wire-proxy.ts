import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';

/** What passed the proxy while something ran. */
export interface Traffic {
  /** How often the client waited for the server. */
  readonly roundTrips: number;
  /** The client's messages by their letter: Q simple query, P parse, B bind, D describe, E execute, S sync, H flush. */
  readonly messages: string;
  readonly bytes: number;
}

/** A proxy before a PostgreSQL server that counts what passes and can break connections where it hurts. */
export class PostgresWireProxy {
  /** The address of the server behind, with the proxy's host and port. */
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #messages = '';
  #roundTrips = 0;
  #bytes = 0;
  #clientSpoke = false;
  #swallowReplyTo: string | undefined;

  private constructor(server: Server, url: string, target: URL) {
    this.#server = server;
    this.url = url;
    server.on('connection', (client) => this.#join(client, target));
  }

  /** A proxy before the server at `url`. */
  static async start(url: string): Promise<PostgresWireProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const own = new URL(url);
    own.hostname = '127.0.0.1';
    own.port = String((server.address() as AddressInfo).port);
    return new PostgresWireProxy(server, own.href, new URL(url));
  }

  /** What passes while `work` runs. */
  async count(work: () => unknown): Promise<Traffic> {
    this.#messages = '';
    this.#roundTrips = 0;
    this.#bytes = 0;
    this.#clientSpoke = false;
    await work();
    return { roundTrips: this.#roundTrips, messages: this.#messages, bytes: this.#bytes };
  }

  /** Lets the next statement with this text in it through, and breaks its connection once the server has answered. */
  swallowReplyTo(text: string): void {
    this.#swallowReplyTo = text;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, target: URL): void {
    const server = dial(Number(target.port || 5432), target.hostname);
    for (const socket of [client, server]) {
      this.#sockets.add(socket.on('error', () => {}).setNoDelay());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    const split = splitMessages();
    let swallowing = false;
    client.on('data', (chunk: Buffer) => {
      this.#noteRequest(chunk, split(chunk));
      if (this.#swallowReplyTo !== undefined && chunk.includes(this.#swallowReplyTo)) {
        this.#swallowReplyTo = undefined;
        swallowing = true;
      }
      server.write(chunk);
    });
    server.on('data', (chunk: Buffer) => {
      this.#clientSpoke = false;
      this.#bytes += chunk.length;
      // ReadyForQuery comes only after the commit, so by then the statement has taken effect.
      if (swallowing && chunk.includes('Z\0\0\0\u0005', 0, 'latin1')) client.destroy();
      else client.write(chunk);
    });
  }

  #noteRequest(chunk: Buffer, messages: string): void {
    if (!this.#clientSpoke) this.#roundTrips += 1;
    this.#clientSpoke = true;
    this.#bytes += chunk.length;
    this.#messages += messages;
  }
}

/** Reads one connection's bytes and answers the letters of the messages that begin in each chunk. */
function splitMessages(): (chunk: Buffer) => string {
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    let letters = '';
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      // The first message, which starts the session, has no letter.
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return letters;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return letters;
      if (started) letters += String.fromCharCode(rest[0] ?? 0);
      started = true;
      rest = rest.subarray(length);
    }
  };
}
