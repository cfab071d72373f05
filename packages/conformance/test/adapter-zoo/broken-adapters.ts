import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdapterSessionOptions, Reply } from '@sess/conformance';
import {
  createSessions,
  type Exchange,
  type HeadAdditions,
  manualClock,
  SessError,
  type Session,
  type Sessions,
} from '@sess/core';
import { PlainAdapter, type Trip } from './plain-adapter.js';

/** An adapter that is broken in one way. */
export interface BrokenAdapter {
  /** Named after the defect. */
  readonly name: string;
  /** What it does wrong, in words that end the sentence "This adapter …". */
  readonly defect: string;
  /** The scenario that catches it. */
  readonly caughtBy: string;
  readonly Adapter: new () => PlainAdapter;
}

function broken(name: string, defect: string, caughtBy: string, Adapter: new () => PlainAdapter): BrokenAdapter {
  return { name, defect, caughtBy, Adapter };
}

const failedCommit = 'the store fails at the commit: the error handler answers 503, no cookie';
const readVisit = 'a new visitor who only reads: no cookie, no call of the store';
const written = 'a write: one cookie, stored once, read by the next request, which writes nothing';

export const headsThatLeave: readonly BrokenAdapter[] = [
  broken(
    'head-before-commit',
    'sends its head and then commits',
    'a redirect after a write: not a byte before the write is stored',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        trip.response.writeHead(302);
        trip.response.flushHeaders();
        return await super.commit(trip);
      }
    },
  ),
  broken(
    'body-before-commit',
    'gives the answer away and commits in the background',
    'an answer with a body after a write: not a byte before the write is stored',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        void super.commit(trip).catch(() => {});
        return [];
      }
    },
  ),
  broken(
    'stream-before-commit',
    'commits before every answer but a streamed one',
    'a streamed answer after a write: not a byte before the write is stored',
    class extends PlainAdapter {
      readonly #streams = new WeakSet<Trip>();
      override async handle(trip: Trip): Promise<Reply> {
        const reply = await super.handle(trip);
        if (typeof reply.body === 'object') this.#streams.add(trip);
        return reply;
      }
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const committed = super.commit(trip);
        if (!this.#streams.has(trip)) return await committed;
        void committed.catch(() => {});
        return [];
      }
    },
  ),
  broken(
    'no-commit-on-head',
    'takes a HEAD request for one that changes nothing',
    'an answer to HEAD: stored, cookie set, no body',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        return trip.request.method === 'HEAD' ? [] : await super.commit(trip);
      }
    },
  ),
  broken(
    'no-commit-on-304',
    'takes an answer without a body for one without news',
    'a 304: stored, cookie set',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, additions: HeadAdditions): void {
        if (!response.hasHeader('ETag')) super.addHeaders(response, additions);
      }
    },
  ),
  broken(
    'destroy-in-the-background',
    'answers before a destroy under way is done',
    'destroy that is not awaited: not a byte before it is done',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        if (trip.exchanges.every((exchange) => !exchange.isEnded)) return await super.commit(trip);
        void super.commit(trip).catch(() => {});
        return [{ setCookie: 'sid=; Max-Age=0' }];
      }
    },
  ),
];

export const headers: readonly BrokenAdapter[] = [
  broken(
    'no-vary',
    'never says that its answers vary by cookie',
    'an answer that has read the session: varies by cookie, may be cached',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { vary: _, ...additions }: HeadAdditions): void {
        super.addHeaders(response, additions);
      }
    },
  ),
  broken(
    'vary-with-the-cookie-only',
    'says that an answer varies by cookie only when it sets one',
    'an answer that has read the session: varies by cookie, may be cached',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { vary, ...additions }: HeadAdditions): void {
        const kept = additions.setCookie === undefined ? undefined : vary;
        super.addHeaders(response, kept === undefined ? additions : { ...additions, vary: kept });
      }
    },
  ),
  broken(
    'vary-replaced',
    "puts its Vary in place of the application's",
    "the application's own Cache-Control and Vary stay",
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, additions: HeadAdditions): void {
        if (additions.vary !== undefined) response.removeHeader('Vary');
        super.addHeaders(response, additions);
      }
    },
  ),
  broken(
    'no-store-only-in-place-of-others',
    'keeps caches from an answer with a cookie only where the application has thought of them',
    'an answer that sets the cookie: private to the browser (Cache-Control: no-store, Vary: Cookie)',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { noStore, ...additions }: HeadAdditions): void {
        const isThoughtOf = response.hasHeader('Cache-Control');
        super.addHeaders(response, isThoughtOf && noStore ? { ...additions, noStore } : additions);
      }
    },
  ),
  broken(
    'no-no-store',
    'lets caches keep an answer that sets the cookie',
    'an answer that sets the cookie: private to the browser (Cache-Control: no-store, Vary: Cookie)',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { noStore: _, ...additions }: HeadAdditions): void {
        super.addHeaders(response, additions);
      }
    },
  ),
  broken(
    'cache-control-replaced',
    "puts no-store in place of the application's Cache-Control",
    "the application's own Cache-Control and Vary stay",
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, additions: HeadAdditions): void {
        super.addHeaders(response, additions);
        if (additions.noStore) response.setHeader('Cache-Control', 'no-store');
      }
    },
  ),
  broken(
    'cookie-for-shared-caches',
    'leaves every Cache-Control of the application as it is, with a cookie in the answer',
    'an answer for shared caches that sets the cookie: kept from them (Cache-Control: no-store)',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { noStore, ...additions }: HeadAdditions): void {
        super.addHeaders(response, additions);
        if (noStore && !response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-store');
      }
    },
  ),
  broken(
    'set-cookie-replaced',
    'puts its cookie in place of those the application has set',
    "the application's own cookies stay",
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, additions: HeadAdditions): void {
        if (additions.setCookie !== undefined) response.removeHeader('Set-Cookie');
        super.addHeaders(response, additions);
      }
    },
  ),
  broken(
    'cookie-lost-in-write-head',
    "sets its cookie where the application's writeHead then sets others",
    "the application's own cookies stay",
    class extends PlainAdapter {
      override writeHead(response: ServerResponse, reply: Reply): void {
        const cookies = (reply.headers ?? []).filter(([name]) => name === 'Set-Cookie').map(([, value]) => value);
        response.writeHead(reply.status ?? 200, cookies.length === 0 ? {} : { 'Set-Cookie': cookies });
      }
    },
  ),
  broken(
    'headers-in-an-object',
    "keeps the last of the application's cookies only, because it collects headers in an object",
    "the application's own cookies stay",
    class extends PlainAdapter {
      override setHeaders(response: ServerResponse, reply: Reply): void {
        super.setHeaders(response, { ...reply, headers: Object.entries(Object.fromEntries(reply.headers ?? [])) });
      }
    },
  ),
  broken(
    'cookie-without-http-only',
    'lets scripts read the cookie',
    written,
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { setCookie, ...additions }: HeadAdditions): void {
        const open = setCookie?.replace('; HttpOnly', '');
        super.addHeaders(response, open === undefined ? additions : { ...additions, setCookie: open });
      }
    },
  ),
  broken(
    'commit-twice',
    'commits twice and sends the cookie of each',
    written,
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        return [...(await super.commit(trip)), ...(await super.commit(trip))];
      }
    },
  ),
  broken(
    'cookie-for-new-sessions-only',
    'sends no second cookie to a browser that has one',
    'login: a new cookie on the same session, the old one opens nothing',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const isKnown = trip.exchanges.every((exchange) => !exchange.isNew);
        const additions = await super.commit(trip);
        return isKnown ? additions.map(({ setCookie: _, ...rest }) => rest) : additions;
      }
    },
  ),
  broken(
    'cookie-only-at-login',
    'lets the cookie of a session in use run out',
    'a session that is used lives on, its cookie with it; one that is not used ends',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const wasNew = trip.request.headers.cookie === undefined;
        const additions = await super.commit(trip);
        return wasNew ? additions : additions.map(({ setCookie: _, ...rest }) => rest);
      }
    },
  ),
  broken(
    'cookie-only-when-it-changes',
    'leaves a cookie out that has the value which the browser holds already, though it is to last longer',
    'a session that is used lives on, its cookie with it; one that is not used ends',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const held = trip.request.headers.cookie ?? '';
        const additions = await super.commit(trip);
        return additions.map(({ setCookie, ...rest }) => {
          const [pair = ''] = setCookie?.split(';') ?? [];
          return setCookie === undefined || held.split('; ').includes(pair) ? rest : { ...rest, setCookie };
        });
      }
    },
  ),
  broken(
    'no-cookie-with-a-redirect',
    'sends no new cookie with a redirect to a browser that has one',
    'login: a new cookie on the same session, the old one opens nothing',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { setCookie, ...additions }: HeadAdditions): void {
        const isKnown = response.req.headers.cookie !== undefined && !setCookie?.includes('Max-Age=0');
        const isLeftOut = setCookie === undefined || (isKnown && response.hasHeader('Location'));
        super.addHeaders(response, isLeftOut ? additions : { ...additions, setCookie });
      }
    },
  ),
  broken(
    'no-cookie-at-regenerate',
    'keeps the old cookie in the browser when the session is regenerated',
    'regenerate: a new cookie on an empty session, the old one opens nothing',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const additions = await super.commit(trip);
        const hadCookie = trip.request.headers.cookie !== undefined;
        return trip.request.url === '/anew' && hadCookie ? [] : additions;
      }
    },
  ),
  broken(
    'cleared-without-attributes',
    'clears a cookie by its name alone, which leaves it where it has a path or a domain',
    'destroy: the cookie is cleared with the attributes it was set with, and opens nothing',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { setCookie, ...additions }: HeadAdditions): void {
        const short = setCookie?.includes('Max-Age=0') ? setCookie.replace(/; Path=.*/, '') : setCookie;
        super.addHeaders(response, short === undefined ? additions : { ...additions, setCookie: short });
      }
    },
  ),
  broken(
    'unknown-cookies-cleared',
    'clears a cookie that opens nothing, though a login at this moment may have just set it',
    'made-up cookies: no session, none adopted, none cleared, nothing written',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const isUnknown = trip.request.headers.cookie !== undefined && trip.exchanges.every(({ isNew }) => isNew);
        const additions = await super.commit(trip);
        return isUnknown ? [{ setCookie: 'sid=; Max-Age=0' }] : additions;
      }
    },
  ),
  broken(
    'malformed-cookies-cleared',
    'clears a cookie that it cannot read',
    'made-up cookies: no session, none adopted, none cleared, nothing written',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const additions = await super.commit(trip);
        const isReadable = trip.request.headers.cookie?.includes('.') ?? true;
        return isReadable ? additions : [{ setCookie: 'sid=; Max-Age=0' }];
      }
    },
  ),
  broken(
    'test-cookie',
    'sends a cookie to whoever has none, to see whether it comes back',
    readVisit,
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const isStranger = trip.request.headers.cookie === undefined;
        const isTested = isStranger && trip.exchanges.every(({ session }) => Object.keys(session).length === 0);
        const additions = await super.commit(trip);
        return isTested ? [...additions, { setCookie: 'sid=test' }] : additions;
      }
    },
  ),
];

export const failures: readonly BrokenAdapter[] = [
  broken(
    'commit-errors-swallowed',
    'answers 200 when the session could not be stored',
    failedCommit,
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        return await super.commit(trip).catch(() => []);
      }
    },
  ),
  broken(
    'redirect-in-spite-of-errors',
    'redirects when the session could not be stored',
    'the store fails at the commit of a redirect: the error handler answers 503, no cookie',
    class extends PlainAdapter {
      override fail(trip: Trip, error: unknown): void {
        if (!trip.response.hasHeader('Location')) super.fail(trip, error);
        else trip.response.writeHead(302).end();
      }
    },
  ),
  broken(
    'streams-in-spite-of-errors',
    'breaks off a streamed answer whose session could not be stored, instead of answering the error',
    'the store fails at the commit of a streamed answer: the error handler answers 503, no cookie',
    class extends PlainAdapter {
      override async handle(trip: Trip): Promise<Reply> {
        const reply = await super.handle(trip);
        if (typeof reply.body === 'object') trip.response.flushHeaders();
        return reply;
      }
    },
  ),
  broken(
    'stream-without-its-session',
    'answers a streamed answer 200 and empty when its session could not be stored',
    'the store fails at the commit of a streamed answer: the error handler answers 503, no cookie',
    class extends PlainAdapter {
      readonly #streams = new WeakSet<Trip>();
      override async handle(trip: Trip): Promise<Reply> {
        const reply = await super.handle(trip);
        if (typeof reply.body === 'object') this.#streams.add(trip);
        return reply;
      }
      override fail(trip: Trip, error: unknown): void {
        if (!this.#streams.has(trip) || trip.response.headersSent) super.fail(trip, error);
        else trip.response.writeHead(200).end();
      }
    },
  ),
  broken(
    'late-commits-forgiven',
    'answers 200 when the store has not kept the session in time',
    'the store hangs at the commit: 503 after storeTimeout',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        return await super.commit(trip).catch((error: unknown) => {
          if (SessError.is(error, 'ERR_SESS_STORE_TIMEOUT')) return [];
          throw error;
        });
      }
    },
  ),
  broken(
    'late-openings-forgiven',
    'begins without a session when the store has not answered in time',
    'the store hangs when the session is opened: 503 after storeTimeout',
    class extends PlainAdapter {
      override async open(trip: Trip, sessions: Sessions): Promise<Exchange> {
        return await super.open(trip, sessions).catch((error: unknown) => {
          if (SessError.is(error, 'ERR_SESS_STORE_TIMEOUT')) return sessions.open({ cookie: undefined, https: false });
          throw error;
        });
      }
    },
  ),
  broken(
    'cookie-on-the-error-page',
    'answers a failed commit with a cookie all the same',
    failedCommit,
    class extends PlainAdapter {
      override fail(trip: Trip, error: unknown): void {
        const { status = 500, body } = trip.app.answerError(error);
        if (trip.response.headersSent) super.fail(trip, error);
        else trip.response.writeHead(status, { 'Set-Cookie': 'sid=made-before-the-commit' }).end(body);
      }
    },
  ),
  broken(
    'errors-answered-by-itself',
    "answers errors with a page of its own instead of the application's",
    'the store hangs at the commit: 503 after storeTimeout',
    class extends PlainAdapter {
      override fail(trip: Trip): void {
        if (trip.response.headersSent) trip.response.destroy();
        else trip.response.writeHead(503).end('Service Unavailable');
      }
    },
  ),
  broken(
    'anonymous-when-the-store-is-down',
    'runs the handler without a session when the store cannot be read',
    'the store fails when the session is opened: the error handler answers 503, the handler does not run',
    class extends PlainAdapter {
      override createSessions(options: AdapterSessionOptions): Sessions {
        return createSessions({ ...options, onStoreError: 'anonymous' });
      }
    },
  ),
  broken(
    'clock-not-passed-on',
    'lets its sessions tell the time by another clock than the one it was given',
    'the store hangs when the session is opened: 503 after storeTimeout',
    class extends PlainAdapter {
      override createSessions(options: AdapterSessionOptions): Sessions {
        return createSessions({ ...options, clock: manualClock() });
      }
    },
  ),
  broken(
    'destroy-errors-swallowed',
    'answers 200 when the session could not be destroyed',
    'destroy that is not awaited and fails: the error handler answers 503',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const isEnd = trip.exchanges.some((exchange) => exchange.isEnded);
        return await super.commit(trip).catch((error: unknown) => {
          if (isEnd) return [];
          throw error;
        });
      }
    },
  ),
  broken(
    'no-commit-after-a-throw',
    'drops what a handler has written when it throws',
    'an error thrown after a write: the error handler answers, the write and its cookie stay',
    class extends PlainAdapter {
      override async handle(trip: Trip): Promise<Reply> {
        const sessions = trip.exchanges.map((exchange) => () => exchange.session);
        const reply = await trip.app.handle({ path: trip.request.url ?? '/', sessions });
        this.setHeaders(trip.response, reply);
        return reply;
      }
    },
  ),
  broken(
    'gives-up-with-the-client',
    'does not commit when the client has gone',
    'a client that goes away while the handler works: what it writes is stored',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        if (trip.response.destroyed) throw new Error('nobody is there to be answered');
        return await super.commit(trip);
      }
    },
  ),
  broken(
    'end-before-finish',
    'ends a streamed answer before it looks whether it can keep what was written meanwhile',
    'a new session after the head: the answer breaks off, the error is told',
    class extends PlainAdapter {
      override async finish(trip: Trip): Promise<void> {
        await new Promise<void>((resolve) => trip.response.end(resolve));
        await super.finish(trip);
      }
    },
  ),
  broken(
    'no-finish',
    'forgets what is written after the head',
    'a streamed answer: written after the head, stored before the end',
    class extends PlainAdapter {
      override async finish(): Promise<void> {}
    },
  ),
  broken(
    'finish-errors-swallowed',
    'lets an answer seem complete whose last changes the store has refused',
    'the store fails after the head: the answer breaks off',
    class extends PlainAdapter {
      override async finish(trip: Trip): Promise<void> {
        await super.finish(trip).catch((error: unknown) => {
          if (!SessError.is(error, 'ERR_SESS_STORE')) throw error;
        });
      }
    },
  ),
  broken(
    'breaks-off-in-silence',
    'breaks a streamed answer off and tells nobody why',
    'a new session after the head: the answer breaks off, the error is told',
    class extends PlainAdapter {
      override async finish(trip: Trip): Promise<void> {
        await super.finish(trip).catch(() => trip.response.destroy());
      }
    },
  ),
];

export const openings: readonly BrokenAdapter[] = [
  broken(
    'everybody-has-a-session',
    'stores a session for whoever comes by',
    readVisit,
    class extends PlainAdapter {
      override async open(trip: Trip, sessions: Sessions): Promise<Exchange> {
        const exchange = await super.open(trip, sessions);
        if (exchange.isNew) await exchange.save();
        return exchange;
      }
    },
  ),
  broken(
    'asks-without-being-asked',
    'takes every handler for one that reads the session',
    'a handler that does not ask for its session: the answer does not vary',
    class extends PlainAdapter {
      override async open(trip: Trip, sessions: Sessions): Promise<Exchange> {
        const exchange = await super.open(trip, sessions);
        void exchange.session;
        return exchange;
      }
    },
  ),
  broken(
    'no-cookie-read',
    'does not look at the cookies that come',
    'two requests at once that change different keys: both changes stay',
    class extends PlainAdapter {
      override async open(_trip: Trip, sessions: Sessions): Promise<Exchange> {
        return await sessions.open({ cookie: undefined, https: false });
      }
    },
  ),
  broken(
    'commits-once-a-cookie',
    'takes requests of one cookie that end at once for one, and commits the first',
    'two requests at once that change different keys: both changes stay',
    class extends PlainAdapter {
      readonly #underWay = new Set<string>();
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const { cookie } = trip.request.headers;
        if (cookie === undefined) return await super.commit(trip);
        if (this.#underWay.has(cookie)) {
          trip.exchanges.length = 0;
          return [];
        }
        this.#underWay.add(cookie);
        return await super.commit(trip).finally(() => this.#underWay.delete(cookie));
      }
    },
  ),
  broken(
    'session-of-whoever-came-last',
    'keeps the session of the request in a variable that all requests share',
    'two visitors at once: each has a session of their own',
    class extends PlainAdapter {
      #current: Trip | undefined;
      override async handle(trip: Trip): Promise<Reply> {
        this.#current = trip;
        return await super.handle(trip);
      }
      override sessionOf(trip: Trip, n: number): Session {
        return super.sessionOf(this.#current ?? trip, n);
      }
    },
  ),
  broken(
    'gone-begins-anew',
    'stores what it could not write to a destroyed session in a new one',
    'destroyed while another request writes: the write brings nothing back',
    class extends PlainAdapter {
      readonly #openedBy = new WeakMap<Exchange, Sessions>();
      readonly #asked = new WeakMap<Trip, Session>();
      override async open(trip: Trip, sessions: Sessions): Promise<Exchange> {
        const exchange = await super.open(trip, sessions);
        this.#openedBy.set(exchange, sessions);
        return exchange;
      }
      override sessionOf(trip: Trip, n: number): Session {
        const session = super.sessionOf(trip, n);
        this.#asked.set(trip, session);
        return session;
      }
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const [exchange] = trip.exchanges;
        const data = { ...this.#asked.get(trip) };
        const wasAlive = exchange?.isEnded === false;
        const additions = await super.commit(trip);
        const sessions = exchange && this.#openedBy.get(exchange);
        if (!wasAlive || !exchange.isEnded || sessions === undefined) return additions;
        const anew = await sessions.open({ cookie: undefined, https: false });
        anew.session.replace(data);
        return [(await anew.commit()) ?? {}];
      }
    },
  ),
  broken(
    'never-https',
    'does not know of HTTPS behind a proxy',
    'HTTPS behind a trusted proxy: the cookie is Secure, and over HTTP it is not',
    class extends PlainAdapter {
      override isHttps(): boolean {
        return false;
      }
    },
  ),
  broken(
    'trusts-every-proxy',
    'believes whoever says that they came over HTTPS',
    'a proxy that nobody trusts: its word counts for nothing',
    class extends PlainAdapter {
      override isHttps(request: IncomingMessage): boolean {
        return request.headers['x-forwarded-proto'] === 'https';
      }
    },
  ),
  broken(
    'one-session-a-request',
    'gives the second middleware the session of the first',
    'two session middlewares: a cookie each, data each, an end each',
    class extends PlainAdapter {
      override async open(trip: Trip, sessions: Sessions): Promise<Exchange> {
        return trip.exchanges[0] ?? (await super.open(trip, sessions));
      }
    },
  ),
  broken(
    'head-never-sealed',
    'takes a head that has left for one that is still to come',
    'a new session after the head, with save(): the verb rejects, nothing is stored',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const untouched = trip.exchanges.filter(({ isNew }) => isNew && trip.request.url === '/stream');
        return untouched.length > 0 ? [] : await super.commit(trip);
      }
    },
  ),
  broken(
    'streams-buffered',
    'collects a streamed answer and sends it when it is whole',
    'a streamed answer: written before the head, stored before the head',
    class extends PlainAdapter {
      override async send(trip: Trip, reply: Reply): Promise<void> {
        if (typeof reply.body !== 'object') return await super.send(trip, reply);
        const pieces: Uint8Array[] = [];
        for await (const piece of reply.body) pieces.push(piece);
        await super.send(trip, { ...reply, body: Buffer.concat(pieces).toString() });
      }
    },
  ),
  broken(
    'session-closed-with-the-head',
    'leaves verbs that come after the head waiting until the answer has ended, which waits for them',
    'a streamed answer: written after the head, stored by save()',
    class extends PlainAdapter {
      override async handle(trip: Trip): Promise<Reply> {
        const reply = await super.handle(trip);
        const { body } = reply;
        if (typeof body !== 'object') return reply;
        return { ...reply, body: this.#first(body) };
      }
      async *#first(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
        for await (const piece of pieces) {
          yield piece;
          return;
        }
      }
    },
  ),
];

export const adapterZoo: readonly BrokenAdapter[] = [...headsThatLeave, ...headers, ...failures, ...openings];
