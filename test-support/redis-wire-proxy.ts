import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';

/** A proxy before a Redis server that counts what passes and can break connections where it hurts. */
export class RedisWireProxy {
  /** The address of the server behind, with the proxy's host and port. */
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #commands: string[] = [];
  #roundTrips = 0;
  #bytes = 0;
  #clientSpoke = false;
  #cutAtReplyTo: string | undefined;
  #closed = false;
  #onCut: (() => void) | undefined;

  private constructor(server: Server, url: string, target: URL) {
    this.#server = server;
    this.url = url;
    server.on('connection', (client) => this.#join(client, target));
  }

  /** A proxy before the server at `url`. */
  static async start(url: string): Promise<RedisWireProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const own = new URL(url);
    own.hostname = '127.0.0.1';
    own.port = String(port);
    return new RedisWireProxy(server, own.href, new URL(url));
  }

  /** What passed while `work` ran: the commands, how often the client waited for the server, bytes both ways. */
  async count(work: () => unknown): Promise<{ commands: readonly string[]; roundTrips: number; bytes: number }> {
    this.#commands = [];
    this.#roundTrips = 0;
    this.#bytes = 0;
    this.#clientSpoke = false;
    await work();
    return { commands: this.#commands, roundTrips: this.#roundTrips, bytes: this.#bytes };
  }

  /**
   * Lets the next command of this name through, swallows the server's reply and breaks every connection; nobody gets
   * a new one until `reopen`. Resolves once that has happened.
   */
  cutAtReplyTo(command: string): Promise<void> {
    this.#cutAtReplyTo = command;
    return new Promise((resolve) => {
      this.#onCut = resolve;
    });
  }

  /** Lets clients connect again after a cut. */
  reopen(): void {
    this.#closed = false;
  }

  async stop(): Promise<void> {
    this.#cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, target: URL): void {
    if (this.#closed) {
      client.destroy();
      return;
    }
    const server = dial(Number(target.port || 6379), target.hostname);
    let cutting = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket.on('error', () => {}).setNoDelay());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (chunk) => {
      cutting ||= this.#noteRequest(chunk);
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (cutting) return this.#cut();
      this.#clientSpoke = false;
      this.#bytes += chunk.length;
      client.write(chunk);
    });
  }

  #noteRequest(chunk: Buffer): boolean {
    if (!this.#clientSpoke) this.#roundTrips += 1;
    this.#clientSpoke = true;
    this.#bytes += chunk.length;
    // A command is an array whose first element is its name. Test data hold nothing that looks like one.
    const names = [...chunk.toString('latin1').matchAll(/\*\d+\r\n\$\d+\r\n([A-Za-z]+)\r\n/g)];
    const commands = names.map((match) => (match[1] ?? '').toUpperCase());
    this.#commands.push(...commands);
    const cut = this.#cutAtReplyTo !== undefined && commands.includes(this.#cutAtReplyTo);
    if (cut) this.#cutAtReplyTo = undefined;
    return cut;
  }

  #cut(): void {
    this.#closed = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#onCut?.();
  }
}
