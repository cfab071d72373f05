import { type Exchange, SessError } from '@sess/core';

/**
 * Ties requests to the exchanges of one middleware, and gives them `request.session`. Two middlewares on one app have an attachment each and do
 * not meet; `request.session` is then that of the later one.
 */
export class Attachment<T extends object> {
  // A property of its own on the request costs a tenth of a WeakMap's entry.
  readonly #key = Symbol('sess.exchange');
  readonly #property: PropertyDescriptor;

  constructor() {
    const key = this.#key;
    this.#property = {
      configurable: true,
      enumerable: true,
      // A getter: whether a handler has asked for its session decides whether the response varies by cookie.
      get(this: Attached<T>) {
        return this[key]?.session;
      },
      set(this: Attached<T>, value: unknown) {
        if (value !== null && value !== undefined) throw replacementError();
        void this[key]?.session.destroy();
      },
    };
  }

  has(request: object): boolean {
    return (request as Attached<T>)[this.#key] !== undefined;
  }

  add(request: object, exchange: Exchange<T>): void {
    (request as Attached<T>)[this.#key] = exchange;
    Object.defineProperty(request, 'session', this.#property);
  }

  /** The exchange of a request; throws `ERR_SESS_CONFIG` if it has none here. */
  get(request: object): Exchange<T> {
    const exchange = (request as Attached<T>)[this.#key];
    if (exchange !== undefined) return exchange;
    throw new SessError(
      'ERR_SESS_CONFIG',
      'This request has no session of this middleware: it has not passed it. Call app.use(sessions) before the routes that use sessions.of(req).',
    );
  }
}

type Attached<T extends object> = Record<symbol, Exchange<T> | undefined>;

function replacementError(): SessError<'ERR_SESS_DATA'> {
  return new SessError(
    'ERR_SESS_DATA',
    'req.session cannot be replaced by another object. Use req.session.replace(data) for new data, req.session.destroy() or null to end the session.',
  );
}
