import type { IncomingMessage } from 'node:http';
import type { Reply } from '@sess/conformance';
import type { Exchange, HeadAdditions, Session, Sessions } from '@sess/core';
import { type BrokenAdapter, broken } from './broken-adapter.js';
import { PlainAdapter, type Trip } from './plain-adapter.js';

const readVisit = 'a new visitor who only reads: no cookie, no call of the store';

/** Defects in the session that a request is given, and in how a streamed answer treats it. */
export const openingDefects: readonly BrokenAdapter[] = [
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
