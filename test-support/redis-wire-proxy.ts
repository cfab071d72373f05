import { listen, type Traffic, type Watch, WireProxy } from './wire-proxy.js';

/** A proxy before a Redis server that counts what passes and can break connections where it hurts. */
export class RedisWireProxy extends WireProxy {
  #commands: string[] = [];
  #cutAtReplyTo: string | undefined;
  #closed = false;
  #onCut: (() => void) | undefined;

  /** A proxy before the server at `url`. */
  static async start(url: string): Promise<RedisWireProxy> {
    return new RedisWireProxy(await listen(), url, 6379);
  }

  override async count(work: () => unknown): Promise<Traffic & { readonly commands: readonly string[] }> {
    this.#commands = [];
    return { ...(await super.count(work)), commands: this.#commands };
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

  protected watch(): Watch | undefined {
    if (this.#closed) return undefined;
    let cutting = false;
    return {
      request: (chunk) => {
        const commands = readCommands(chunk);
        this.#commands.push(...commands);
        if (this.#cutAtReplyTo === undefined || !commands.includes(this.#cutAtReplyTo)) return;
        this.#cutAtReplyTo = undefined;
        cutting = true;
      },
      reply: () => {
        if (cutting) this.#cut();
        return !cutting;
      },
    };
  }

  #cut(): void {
    this.#closed = true;
    this.breakAll();
    this.#onCut?.();
  }
}

/** The names of the commands in `chunk`. A command is an array whose first element is its name; test data holds nothing like one. */
function readCommands(chunk: Buffer): string[] {
  const names = chunk.toString('latin1').matchAll(/\*\d+\r\n\$\d+\r\n([A-Za-z]+)\r\n/g);
  return [...names].map((match) => (match[1] ?? '').toUpperCase());
}
