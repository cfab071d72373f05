import { hash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SessionVerbs } from './contender.js';

/** The name of the hand-written contender that does the least. */
export const floorName = 'the floor';

/** How a handler reaches the floor's verbs: `JSON.stringify` passes symbols over. */
const own = Symbol('floor');

export interface FloorSession {
  [own]: { destroy(): void; regenerate(): void };
}

/** A request that has passed the floor. */
export type FloorRequest = IncomingMessage & { session: FloorSession };

/** The verbs of the floor. */
export const floorVerbs: SessionVerbs<FloorSession> = {
  destroy: (session) => session[own].destroy(),
  regenerate: (session) => session[own].regenerate(),
};

/**
 * The least that sessions can cost: one hash of the token, one look-up in a Map, one parse, one stringify to see whether anything has changed. It keeps no
 * time, merges nothing, rotates nothing and validates nothing.
 */
export function createFloor(): (request: IncomingMessage, response: ServerResponse, next: () => void) => void {
  const records = new Map<string, string>();
  return (request, response, next) => {
    let token = /(?:^|; )floor=([\w-]{43})/.exec(request.headers.cookie ?? '')?.[1];
    let key = token === undefined ? '' : hashOf(token);
    let before = records.get(key) ?? '{}';
    let isOver = false;
    const session = JSON.parse(before) as FloorSession;
    const forget = () => {
      records.delete(key);
      token = undefined;
      before = '{}';
    };
    session[own] = {
      destroy: () => {
        forget();
        isOver = true;
      },
      regenerate: forget,
    };
    (request as FloorRequest).session = session;
    const writeHead = response.writeHead;
    response.writeHead = (...parameters: unknown[]) => {
      const after = isOver ? before : JSON.stringify(session);
      if (after !== before) {
        const kept = token ?? randomBytes(32).toString('base64url');
        if (token === undefined) key = hashOf(kept);
        records.set(key, after);
        if (token === undefined) response.setHeader('Set-Cookie', `floor=${kept}; Path=/; HttpOnly`);
      }
      return Reflect.apply(writeHead, response, parameters);
    };
    next();
  };
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
