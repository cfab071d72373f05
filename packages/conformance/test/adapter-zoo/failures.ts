import type { AdapterSessionOptions, Reply } from '@sess/conformance';
import { createSessions, type Exchange, type HeadAdditions, manualClock, SessError, type Sessions } from '@sess/core';
import { type BrokenAdapter, broken } from './broken-adapter.js';
import { PlainAdapter, type Trip } from './plain-adapter.js';

const failedCommit = 'the store fails at the commit: the error handler answers 503, no cookie';

/** Defects in what is made of an error: of the store, of the handler, or after the head. */
export const failureDefects: readonly BrokenAdapter[] = [
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
    'error-page-for-caches',
    'lets caches keep the error page of a failed commit, as they might have kept the answer',
    failedCommit,
    class extends PlainAdapter {
      override fail(trip: Trip, error: unknown): void {
        const { status = 500, body } = trip.app.answerError(error);
        if (trip.response.headersSent) super.fail(trip, error);
        else trip.response.writeHead(status, { 'Cache-Control': 'public, max-age=60' }).end(body);
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
