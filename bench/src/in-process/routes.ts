import { type Size, sizes } from '../data.js';
import type { Route, SessionVerbs } from './contender.js';

/** Every route, for a framework to register. */
export const routes: readonly Route[] = [
  'none',
  'create 200 B',
  'create 4 KB',
  'read',
  'write',
  'destroy',
  'regenerate',
];

/** The path of a route. */
export function pathOf(route: Route): string {
  return `/${route.replaceAll(' ', '-')}`;
}

let writes = 0;
let found: unknown;

/** What the latest `read` has found in the field that `write` changes. */
export function lastFound(): unknown {
  return found;
}

/** Carries a route out. `getSession` is asked only by routes that use the session. */
export async function carryOut<Session extends object>(
  route: Route,
  getSession: () => Session,
  verbs: SessionVerbs<Session>,
): Promise<void> {
  if (route === 'none') return;
  const session = getSession() as Session & { visits?: unknown };
  if (route === 'read') found = session.visits;
  else if (route === 'write') session.visits = ++writes;
  else if (route === 'destroy') await verbs.destroy(session);
  else if (route === 'regenerate') {
    await verbs.regenerate(session);
    Object.assign(getSession(), sizes['200 B']);
  } else Object.assign(session, sizes[route.slice('create '.length) as Size]);
}

/** The verbs of express-session and all that copied its shape. */
export const callbackVerbs: SessionVerbs<CallbackSession> = {
  destroy: (session) => called((done) => session.destroy(done)),
  regenerate: (session) => called((done) => session.regenerate(done)),
};

/** A session whose verbs call back. */
export interface CallbackSession {
  destroy(done: (error?: unknown) => void): unknown;
  regenerate(done: (error?: unknown) => void): unknown;
}

function called(verb: (done: (error?: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    verb((error) => (error ? reject(error) : resolve()));
  });
}

/**
 * The name of Sess where a read has to tell the store that the session lives on, as others do at every read: `touchEvery` is 0. A visitor comes
 * again after a millisecond at the earliest.
 */
export const touchingName = 'Sess, touching at every read';

/** The verbs of Sess. */
export const promiseVerbs: SessionVerbs<PromiseSession> = {
  destroy: (session) => session.destroy(),
  regenerate: (session) => session.regenerate(),
};

/** A session whose verbs return promises. */
export interface PromiseSession {
  destroy(): Promise<void>;
  regenerate(): Promise<void>;
}

/** No session at all: the routes do nothing. */
export const noVerbs: SessionVerbs<object> = { destroy: () => {}, regenerate: () => {} };
