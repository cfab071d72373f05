import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';

/** What passed a proxy while something ran. */
export interface Traffic {
  /** How often the client waited for the server. */
  readonly roundTrips: number;
  /** Both ways. */
  readonly bytes: number;
}

/** What watches one connection: it sees each chunk before it is passed on. */
export interface Watch {
  request(chunk: Buffer): void;
  /** Whether the client gets the chunk. */
  reply(chunk: Buffer): boolean;
}

/** A server for a `WireProxy`, on a free port. */
export async function listen(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A proxy before a server that counts what passes. What the bytes mean, and where a connection breaks, is for each protocol. */
export abstract class WireProxy {
  /** The address of the server behind, with the proxy's host and port. */
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #roundTrips = 0;
  #bytes = 0;
  #clientSpoke = false;

  protected constructor(server: Server, url: string, defaultPort: number) {
    const { port } = server.address() as AddressInfo;
    this.url = Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
    this.#server = server;
    const target = new URL(url);
    server.on('connection', (client) => this.#join(client, Number(target.port || defaultPort), target.hostname));
  }

  /** Watches a new connection; `undefined` refuses it. */
  protected abstract watch(client: Socket): Watch | undefined;

  /** What passes while `work` runs. */
  async count(work: () => unknown): Promise<Traffic> {
    this.#roundTrips = 0;
    this.#bytes = 0;
    this.#clientSpoke = false;
    await work();
    return { roundTrips: this.#roundTrips, bytes: this.#bytes };
  }

  /** Breaks every connection. */
  protected breakAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.breakAll();
    await once(this.#server, 'close');
  }

  #join(client: Socket, port: number, host: string): void {
    const watch = this.watch(client);
    if (watch === undefined) {
      client.destroy();
      return;
    }
    const server = dial(port, host);
    for (const socket of [client, server]) {
      this.#sockets.add(socket.on('error', () => {}).setNoDelay());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (!this.#clientSpoke) this.#roundTrips += 1;
      this.#clientSpoke = true;
      this.#bytes += chunk.length;
      watch.request(chunk);
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      this.#clientSpoke = false;
      this.#bytes += chunk.length;
      if (watch.reply(chunk)) client.write(chunk);
    });
  }
}
