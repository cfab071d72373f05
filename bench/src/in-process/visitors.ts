import type { Size } from '../data.js';
import type { Contender, Route } from './contender.js';

/** Visitors who come in turn. Each has a session of its own, so that no cache of recent requests helps anybody. */
export class Visitors {
  readonly #contender: Contender;
  readonly #cookies: (string | undefined)[];
  #next = 0;

  /** Visitors with these cookies. */
  constructor(contender: Contender, cookies: readonly (string | undefined)[]) {
    this.#contender = contender;
    this.#cookies = [...cookies];
  }

  /** So many new visitors, each with a session that holds data. */
  static async create(contender: Contender, size: Size, count: number): Promise<Visitors> {
    const cookies: string[] = [];
    while (cookies.length < count) {
      const { cookie } = await contender.send(`create ${size}`);
      if (cookie === undefined) throw new Error(`${contender.name} set no cookie for a session that was written to`);
      cookies.push(cookie);
    }
    return new Visitors(contender, cookies);
  }

  /** Sends the next visitor's request. A cookie that the answer renews takes the place of the one that was sent. */
  async send(route: Route): Promise<void> {
    const at = this.#next;
    this.#next = (at + 1) % this.#cookies.length;
    const sent = this.#cookies[at];
    const { status, cookie } = await this.#contender.send(route, sent);
    if (status !== 200) throw new Error(`${this.#contender.name} answered ${route} with ${status}`);
    if (sent !== undefined && cookie !== undefined) this.#cookies[at] = cookie;
  }
}
