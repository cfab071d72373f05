import type { Socket } from 'node:net';
import { listen, type Traffic, type Watch, WireProxy } from './wire-proxy.js';

/** What passed, and the messages in it. */
export interface PostgresTraffic extends Traffic {
  /** The client's messages by their letter: Q simple query, P parse, B bind, D describe, E execute, S sync, H flush. */
  readonly messages: string;
}

/** A proxy before a PostgreSQL server that counts what passes and can break connections where it hurts. */
export class PostgresWireProxy extends WireProxy {
  #messages = '';
  #swallowReplyTo: string | undefined;

  /** A proxy before the server at `url`. */
  static async start(url: string): Promise<PostgresWireProxy> {
    return new PostgresWireProxy(await listen(), url, 5432);
  }

  override async count(work: () => unknown): Promise<PostgresTraffic> {
    this.#messages = '';
    return { ...(await super.count(work)), messages: this.#messages };
  }

  /** Lets the next statement with this text in it through, and breaks its connection once the server has answered. */
  swallowReplyTo(text: string): void {
    this.#swallowReplyTo = text;
  }

  protected watch(client: Socket): Watch {
    const split = splitMessages();
    let swallowing = false;
    return {
      request: (chunk) => {
        this.#messages += split(chunk);
        if (this.#swallowReplyTo === undefined || !chunk.includes(this.#swallowReplyTo)) return;
        this.#swallowReplyTo = undefined;
        swallowing = true;
      },
      reply: (chunk) => {
        // ReadyForQuery comes only after the commit, so by then the statement has taken effect.
        const done = swallowing && chunk.includes('Z\0\0\0\u0005', 0, 'latin1');
        if (done) client.destroy();
        return !done;
      },
    };
  }
}

/** Reads one connection's bytes and returns the letters of the messages that begin in each chunk. */
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
