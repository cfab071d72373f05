import type { Exchange, HeadAdditions, Session, Sessions } from '@sess/core';

type Handler<T extends object> = (session: Session<T>, exchange: Exchange<T>) => unknown;

/** A browser that keeps one site's cookies and makes requests one at a time, or lets several overlap. */
export class Browser<T extends object> {
  readonly #sessions: Sessions<T>;
  readonly #https: boolean;
  readonly cookies = new Map<string, string>();
  /** The headers of the last response. */
  head: HeadAdditions | undefined;

  constructor(sessions: Sessions<T>, { https = true }: { readonly https?: boolean } = {}) {
    this.#sessions = sessions;
    this.#https = https;
  }

  /** The session's token; `undefined` when the browser has none. */
  get token(): string | undefined {
    return this.cookies.get(this.#sessions.cookie.name);
  }

  set token(token: string | undefined) {
    if (token === undefined) this.cookies.delete(this.#sessions.cookie.name);
    else this.cookies.set(this.#sessions.cookie.name, token);
  }

  /** The `Cookie` header of the next request. */
  get header(): string | undefined {
    return this.cookies.size === 0
      ? undefined
      : [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Another browser that has copied this one's cookies. */
  copy(): Browser<T> {
    const copy = new Browser(this.#sessions, { https: this.#https });
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  /** Sends a request up to the point where the handler would begin. */
  async open(): Promise<Exchange<T>> {
    return await this.#sessions.open({ cookie: this.header, https: this.#https });
  }

  /** Ends a request: commits, and takes the response's cookie. */
  async finish(exchange: Exchange<T>): Promise<HeadAdditions | undefined> {
    this.head = await exchange.commit();
    if (this.head?.setCookie !== undefined) this.#take(this.head.setCookie);
    return this.head;
  }

  /** Makes a whole request. */
  async visit(handler: Handler<T> = () => {}): Promise<HeadAdditions | undefined> {
    const exchange = await this.open();
    await handler(exchange.session, exchange);
    return await this.finish(exchange);
  }

  /** Makes a request that sets these fields. */
  write(fields: Partial<T>): Promise<HeadAdditions | undefined> {
    return this.visit((session) => Object.assign(session, fields));
  }

  /** The data that a request sees, and nothing else; empty without a session. */
  async read(): Promise<object> {
    let data = {};
    await this.visit((session) => {
      data = { ...session };
    });
    return data;
  }

  /** Whether the browser's cookie opens a session. */
  async isKnown(): Promise<boolean> {
    const exchange = await this.open();
    return !exchange.isNew;
  }

  #take(setCookie: string): void {
    const [, name, value, attributes] = /^([^=]*)=([^;]*)(.*)$/.exec(setCookie) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no Set-Cookie value: ${setCookie}`);
    if (/; Max-Age=0(;|$)/.test(attributes ?? '')) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
