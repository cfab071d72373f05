import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, exposeAdmin, type Session, type SessionAdmin, type Sessions, type UntypedData } from '@sess/core';
import { type WatchOptions, watchSession } from './watch-session.js';

/** Session management on Node: the core's, and what a request without a response needs, such as the upgrade to a WebSocket. */
export interface NodeSessionAdmin<T extends object = UntypedData> extends SessionAdmin<T> {
  /**
   * The session of a request that has no response, for reading; `undefined` if it has none. Nothing is stored, except by those of the
   * session's verbs that need no cookie (`save`, `touch`, `destroy`).
   */
  read(request: { readonly headers: Pick<IncomingHttpHeaders, 'cookie'> }): Promise<Session<T> | undefined>;
  /** Calls `onEnd` once when the session has ended, wherever that was; the returned function stops watching. See `watchSession`. */
  watch(session: Pick<Session, 'id' | 'authenticatedAt'>, onEnd: () => void, options?: WatchOptions): () => void;
}

/** The management methods of `sessions` as a plain object, for an adapter to add to what it returns. Watches by `clock`, if given. */
export function exposeNodeAdmin<T extends object>(
  sessions: Sessions<T>,
  { clock }: { readonly clock?: Clock | undefined },
): NodeSessionAdmin<T> {
  return {
    ...exposeAdmin(sessions),
    read: ({ headers }) => sessions.read(headers.cookie),
    watch: (watched, onEnd, options) =>
      watchSession(sessions, watched, onEnd, clock === undefined ? options : { clock, ...options }),
  };
}
