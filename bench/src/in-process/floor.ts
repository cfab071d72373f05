import { hash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SessionVerbs } from './contender.js';

/** The name of the hand-written contender that does the least. */
export const floorName = 'the floor';

/** How a handler reaches the floor's verbs: `JSON.stringify` passes symbols over. */
const own = Symbol('floor');

export interface FloorSession {
  [own]: Visit;
}

/** A request that has passed the floor. */
export type FloorRequest = IncomingMessage & { session: FloorSession };

/** The verbs of the floor. */
export const floorVerbs: SessionVerbs<FloorSession> = {
  destroy: (session) => session[own].destroy(),
  regenerate: (session) => session[own].regenerate(),
};

/**
 * The least that sessions can cost: one hash of the token, one look-up in a Map, one parse, and one stringify to see whether anything has changed; for a visitor
 * without a session nothing of these, unless it is written to. It keeps no time, merges nothing, rotates nothing and validates nothing.
 */
export function createFloor(): (request: IncomingMessage, response: ServerResponse, next: () => void) => void {
  const records = new Map<string, string>();
  return (request, response, next) => {
    const visit = new Visit(records, /(?:^|; )floor=([\w-]{36})/.exec(request.headers.cookie ?? '')?.[1]);
    (request as FloorRequest).session = visit.session;
    const writeHead = response.writeHead;
    response.writeHead = (...parameters: unknown[]) => {
      visit.commit(response);
      return Reflect.apply(writeHead, response, parameters);
    };
    next();
  };
}

/** One request's session. */
class Visit {
  readonly session: FloorSession;
  readonly #records: Map<string, string>;
  #key: string | undefined;
  /** The stored text; `undefined` if none is. */
  #before: string | undefined;
  #isOver = false;

  constructor(records: Map<string, string>, token: string | undefined) {
    this.#records = records;
    if (token !== undefined) {
      this.#key = hashOf(token);
      this.#before = records.get(this.#key);
    }
    this.session = (this.#before === undefined ? {} : JSON.parse(this.#before)) as FloorSession;
    this.session[own] = this;
  }

  destroy(): void {
    this.regenerate();
    this.#isOver = true;
  }

  regenerate(): void {
    if (this.#key !== undefined) this.#records.delete(this.#key);
    this.#before = undefined;
  }

  commit(response: ServerResponse): void {
    if (this.#isOver || (this.#before === undefined && isEmpty(this.session))) return;
    const after = JSON.stringify(this.session);
    if (after === this.#before) return;
    if (this.#before === undefined || this.#key === undefined) {
      // Node draws these many at a time; a call to its generator for each takes 15 µs.
      const token = randomUUID();
      this.#key = hashOf(token);
      response.setHeader('Set-Cookie', `floor=${token}; Path=/; HttpOnly`);
    }
    this.#records.set(this.#key, after);
  }
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
