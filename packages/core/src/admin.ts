import type { UntypedData } from './session.js';
import type { Sessions } from './sessions.js';

/** Session management outside a request. Every adapter offers it under the same names. */
export type SessionAdmin<T extends object = UntypedData> = Pick<
  Sessions<T>,
  'list' | 'find' | 'revoke' | 'revokeAll' | 'sweep' | 'on' | 'close' | 'expiry' | 'rememberedExpiry' | 'cookie'
>;

/** The management methods of `sessions` as a plain object, for an adapter to add to what it returns. */
export function exposeAdmin<T extends object>(sessions: Sessions<T>): SessionAdmin<T> {
  return {
    list: (subject) => sessions.list(subject),
    find: (id) => sessions.find(id),
    revoke: (id) => sessions.revoke(id),
    revokeAll: (subject, options) => sessions.revokeAll(subject, options),
    sweep: (limit) => sessions.sweep(limit),
    on: (name, listener) => sessions.on(name, listener),
    close: () => sessions.close(),
    expiry: sessions.expiry,
    rememberedExpiry: sessions.rememberedExpiry,
    cookie: sessions.cookie,
  };
}
