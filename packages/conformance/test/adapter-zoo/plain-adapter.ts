import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  type AdapterApp,
  type AdapterHarness,
  type AdapterSessionOptions,
  listen,
  type Reply,
} from '@sess/conformance';
import {
  cacheControlWithCookie,
  createSessions,
  type Exchange,
  type HeadAdditions,
  type Session,
  type Sessions,
} from '@sess/core';

/** One request on its way. */
export interface Trip {
  readonly app: AdapterApp;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly exchanges: Exchange[];
}

/**
 * An adapter for a framework that answers descriptions: right, and in steps that an inhabitant of the zoo can get wrong
 * one at a time.
 */
export class PlainAdapter {
  createSessions(options: AdapterSessionOptions): Sessions {
    return createSessions(options);
  }

  /** The whole of a request. */
  async answer(trip: Trip, all: readonly Sessions[]): Promise<void> {
    try {
      for (const sessions of all) trip.exchanges.push(await this.open(trip, sessions));
      const reply = await this.handle(trip);
      for (const additions of await this.commit(trip)) this.addHeaders(trip.response, additions);
      await this.send(trip, reply);
    } catch (error) {
      all[0]?.report('error', { error });
      this.fail(trip, error);
    }
  }

  async open({ request, app }: Trip, sessions: Sessions): Promise<Exchange> {
    return await sessions.open({ cookie: request.headers.cookie, https: this.isHttps(request, app.trustProxy) });
  }

  isHttps(request: IncomingMessage, trustProxy: boolean): boolean {
    return trustProxy && request.headers['x-forwarded-proto'] === 'https';
  }

  async handle(trip: Trip): Promise<Reply> {
    const { app, request, exchanges, response } = trip;
    const sessions = exchanges.map((_, n) => () => this.sessionOf(trip, n));
    try {
      const reply = await app.handle({ path: request.url ?? '/', sessions });
      this.setHeaders(response, reply);
      return reply;
    } catch (error) {
      return app.answerError(error);
    }
  }

  /** The session that a handler asks for: that of the middleware with this number. */
  sessionOf({ exchanges }: Trip, n: number): Session {
    return (exchanges[n] as Exchange).session;
  }

  setHeaders(response: ServerResponse, { headers = [], redirect }: Reply): void {
    for (const [name, value] of headers) response.appendHeader(name, value);
    if (redirect !== undefined) response.setHeader('Location', redirect);
  }

  async commit({ exchanges }: Trip): Promise<HeadAdditions[]> {
    const additions: HeadAdditions[] = [];
    for (const exchange of exchanges) additions.push((await exchange.commit()) ?? {});
    return additions;
  }

  addHeaders(response: ServerResponse, { setCookie, vary, noStore, clearSiteData }: HeadAdditions): void {
    if (setCookie !== undefined) response.appendHeader('Set-Cookie', setCookie);
    if (clearSiteData !== undefined) response.setHeader('Clear-Site-Data', clearSiteData);
    if (vary !== undefined) response.appendHeader('Vary', vary);
    if (!noStore) return;
    const own = response.getHeader('Cache-Control');
    response.setHeader('Cache-Control', cacheControlWithCookie(own === undefined ? undefined : String(own)));
  }

  async send(trip: Trip, reply: Reply): Promise<void> {
    const { response } = trip;
    this.writeHead(response, reply);
    if (typeof reply.body === 'object') for await (const piece of reply.body) response.write(piece);
    else response.write(reply.body ?? '');
    await this.finish(trip);
    response.end();
  }

  writeHead(response: ServerResponse, { status, redirect }: Reply): void {
    response.writeHead(status ?? (redirect === undefined ? 200 : 302));
  }

  async finish({ exchanges }: Trip): Promise<void> {
    for (const exchange of exchanges) await exchange.finish();
  }

  fail({ app, response }: Trip, error: unknown): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status = 500, body } = app.answerError(error);
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.writeHead(status).end(body);
  }
}

/** The harness of such adapters, one for each application. `patience` as in `AdapterHarness`. */
export function harnessOf(Adapter: new () => PlainAdapter, patience = 5_000): AdapterHarness {
  return {
    patience,
    async serve(app) {
      const adapter = new Adapter();
      const sessions = app.sessions.map((options) => adapter.createSessions(options));
      const server = createServer((request, response) => {
        const trip = { app, request, response, exchanges: [] };
        void adapter.answer(trip, sessions);
      });
      return { ...(await listen(server)), sessions };
    },
  };
}
