import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';

/** A proxy before one node's port of the bus, and who is connected through it. */
interface Gate {
  readonly server: Server;
  /** The port that peers use. */
  readonly port: number;
  /** The connections of each peer, by its name. */
  readonly peers: Map<Socket, string>;
}

/**
 * The bus of a cluster, over which its nodes hear of each other, led through a proxy before each node so that it can be cut. What
 * clients and replicas say goes past it.
 */
export class ClusterBus {
  readonly #gates: Gate[] = [];
  #cut: { readonly name: string; readonly port: number } | undefined;

  /** Puts a proxy before a node's port of the bus; resolves to the port that its peers are to use. */
  readonly route = async (target: number): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gate: Gate = { server, port: (server.address() as AddressInfo).port, peers: new Map() };
    server.on('connection', (peer) => this.#join(gate, peer, target));
    this.#gates.push(gate);
    return gate.port;
  };

  /** Cuts a node off from all others, both ways; `name` is its id, `port` what `route` gave for it. */
  cut(name: string, port: number): void {
    this.#cut = { name, port };
    for (const gate of this.#gates) {
      for (const [socket, peer] of gate.peers) if (this.#isCut(gate, peer)) socket.destroy();
    }
  }

  /** Lets everybody hear everybody again. */
  heal(): void {
    this.#cut = undefined;
  }

  async stop(): Promise<void> {
    for (const { server, peers } of this.#gates) {
      for (const socket of peers.keys()) socket.destroy();
      server.close();
      await once(server, 'close');
    }
  }

  #isCut(gate: Gate, peer: string): boolean {
    return gate.port === this.#cut?.port || peer === this.#cut?.name;
  }

  #join(gate: Gate, peer: Socket, target: number): void {
    const node = dial(target, '127.0.0.1');
    gate.peers.set(peer, '');
    for (const socket of [peer, node]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        gate.peers.delete(peer);
        peer.destroy();
        node.destroy();
      });
    }
    peer.on('data', (chunk) => {
      // Every message names its sender, in 40 hexadecimal digits from its 40th byte on; the first chunk begins with one.
      if (gate.peers.get(peer) === '') gate.peers.set(peer, chunk.toString('latin1', 40, 80));
      if (this.#isCut(gate, gate.peers.get(peer) ?? '')) peer.destroy();
      else node.write(chunk);
    });
    node.on('data', (chunk) => peer.write(chunk));
  }
}
