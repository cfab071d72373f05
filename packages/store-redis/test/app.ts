import { createSessions, type Session, type SessionStore } from '@sess/core';

interface Visits {
  n?: number;
}

/** What a request came to when its store failed or did not answer. */
export type Failure = 'ERR_SESS_STORE' | 'ERR_SESS_STORE_TIMEOUT';

/** The requests of an application over a store, as the core makes them of whole sessions. Each session counts its visits. */
export class App {
  readonly #sessions;
  /** The longest that a request has taken (ms). */
  longest = 0;

  constructor(store: SessionStore) {
    this.#sessions = createSessions<Visits>({ store, storeTimeout: 500 });
  }

  /** Begins a session that has counted 1; resolves to its cookie. */
  async begin(): Promise<string> {
    const exchange = await this.#sessions.open({ cookie: undefined, https: true });
    exchange.session.n = 1;
    return (await exchange.commit())?.setCookie?.split(';')[0] ?? '';
  }

  /** Opens a session and writes to it: the function returned sends the write and resolves to what is counted then. */
  async begunWrite(cookie: string): Promise<() => Promise<number | undefined | Failure>> {
    const exchange = await this.#sessions.open({ cookie, https: true });
    exchange.session.n = (exchange.session.n ?? 0) + 1;
    return () =>
      this.#answer(async () => {
        await exchange.commit();
        return exchange.session.n;
      });
  }

  /** What a session has counted; `undefined` when there is none of this cookie. */
  read(cookie: string): Promise<number | undefined | Failure> {
    return this.#request(cookie, (session) => session.n);
  }

  /** Counts one more. */
  count(cookie: string): Promise<number | undefined | Failure> {
    return this.#request(cookie, (session) => {
      if (session.n !== undefined) session.n++;
      return session.n;
    });
  }

  /** Ends a session. */
  end(cookie: string): Promise<undefined | Failure> {
    return this.#request(cookie, async (session) => void (await session.destroy()));
  }

  #request<T>(cookie: string, handle: (session: Session<Visits>) => T | Promise<T>): Promise<T | Failure> {
    return this.#answer(async () => {
      const exchange = await this.#sessions.open({ cookie, https: true });
      const answer = await handle(exchange.session);
      await exchange.commit();
      return answer;
    });
  }

  async #answer<T>(work: () => Promise<T>): Promise<T | Failure> {
    const start = performance.now();
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 'ERR_SESS_STORE' || code === 'ERR_SESS_STORE_TIMEOUT') return code;
      throw error;
    } finally {
      this.longest = Math.max(this.longest, performance.now() - start);
    }
  }
}
