import type { Size } from '../data.js';
import type { Answer } from '../node-request.js';

/** One library under measurement, in its framework: an application with one route for each thing a session is used for. */
export interface Contender {
  readonly name: string;
  /** What the cookie holds: the session's data, which then cannot be 4 KB, nor be revoked for anybody who kept the cookie. Default: an id. */
  readonly cookieHolds?: 'id' | 'data';
  /** Sends a request to a route, with a cookie if one is given. */
  send(route: Route, cookie?: string): Promise<Answer>;
}

/** `none` does nothing with the session, `read` reads one field, `write` changes one; the others are what they say. */
export type Route = 'none' | `create ${Size}` | 'read' | 'write' | 'destroy' | 'regenerate';

/** A group of contenders over one framework. `bare` is the framework with the same routes and no session. */
export interface Group {
  readonly framework: string;
  readonly bare: () => Promise<Contender>;
  readonly contenders: readonly (() => Promise<Contender>)[];
  /** The name of the contender that the others are compared with. */
  readonly reference: string;
}

/** What a route does with a session, given how the library ends and renews one. */
export interface SessionVerbs<Session extends object> {
  readonly destroy: (session: Session) => Promise<unknown> | unknown;
  readonly regenerate: (session: Session) => Promise<unknown> | unknown;
}
