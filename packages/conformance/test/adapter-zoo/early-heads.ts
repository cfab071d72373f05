import type { ServerResponse } from 'node:http';
import type { Reply } from '@sess/conformance';
import type { HeadAdditions } from '@sess/core';
import { type BrokenAdapter, broken } from './broken-adapter.js';
import { PlainAdapter, type Trip } from './plain-adapter.js';

/** Defects that let a head, or a whole answer, leave before the session is stored. */
export const earlyHeadDefects: readonly BrokenAdapter[] = [
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
