import { SessError, type Session } from '@sess/core';
import type { HeldExchange } from './attach-session.js';

/**
 * Ties the carriers of one session middleware (requests, or a framework's contexts) to their exchanges, and gives them a `session` property.
 * Two middlewares on one application have an attachment each and do not meet; `session` is then that of the later one.
 */
export class Attachment<T extends object> {
  // A property on the carrier costs a tenth of a WeakMap's entry.
  readonly #key = Symbol('sess.exchange');
  readonly #property: PropertyDescriptor;
  readonly #remedy: string;

  /** `remedy` says how to get the middleware in front of a handler that came without a session. */
  constructor(remedy: string) {
    this.#remedy = remedy;
    const key = this.#key;
    this.#property = {
      configurable: true,
      enumerable: true,
      // A getter: whether a handler has asked for its session decides whether the response varies by cookie.
      get(this: Carrier<T>) {
        return this[key]?.exchange.session;
      },
      set(this: Carrier<T>, value: unknown) {
        if (value !== null && value !== undefined) throw replacementError();
        void this[key]?.exchange.session.destroy();
      },
    };
  }

  /** The carrier's exchange; `undefined` if it has none from here. */
  find(carrier: object): HeldExchange<T> | undefined {
    return (carrier as Carrier<T>)[this.#key];
  }

  /** Gives the carrier its exchange and the `session` property. */
  add(carrier: object, exchange: HeldExchange<T>): void {
    (carrier as Carrier<T>)[this.#key] = exchange;
    Object.defineProperty(carrier, 'session', this.#property);
  }

  /** The carrier's session; throws `ERR_SESS_CONFIG` if it has none from here. */
  of(carrier: object): Session<T> {
    const held = this.find(carrier);
    if (held !== undefined) return held.exchange.session;
    throw new SessError(
      'ERR_SESS_CONFIG',
      `This request has no session of this middleware, which it has not passed. ${this.#remedy}`,
    );
  }
}

type Carrier<T extends object> = Record<symbol, HeldExchange<T> | undefined>;

function replacementError(): SessError<'ERR_SESS_DATA'> {
  return new SessError(
    'ERR_SESS_DATA',
    'The session cannot be replaced by another object. Use session.replace(data) for new data, session.destroy() or null to end it.',
  );
}
