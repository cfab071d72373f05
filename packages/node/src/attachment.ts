import { SessError, type Session, type Sessions } from '@sess/core';
import type { HeldExchange } from './held-exchange.js';

/**
 * Ties the carriers of one session middleware (requests, or a framework's contexts) to their exchanges, and gives them a `session` property.
 * Two middlewares of one application each have their own cookie and attachment, and do not interfere; `session` is the later one's.
 */
export class Attachment<T extends object> {
  readonly #sessions: Sessions<T>;
  /** Per cookie, not per middleware, to detect two that share a cookie. A property costs a tenth of a WeakMap entry. */
  readonly #key: symbol;
  readonly #remedy: string;

  /** `remedy` says how to put the middleware in front of a handler that got no session. */
  constructor(sessions: Sessions<T>, remedy: string) {
    this.#sessions = sessions;
    this.#key = Symbol.for(`sess.exchange:${sessions.cookie.name}`);
    this.#remedy = remedy;
  }

  /** Whether the carrier has passed this middleware. Throws `ERR_SESS_CONFIG` if it has passed another with the same cookie. */
  has(carrier: object): boolean {
    if (this.find(carrier) !== undefined) return true;
    if ((carrier as Carrier<T>)[this.#key] !== undefined) throw sharedCookieError(this.#sessions.cookie.name);
    return false;
  }

  /** The carrier's exchange; `undefined` if it has none from here. */
  find(carrier: object): HeldExchange<T> | undefined {
    // In JavaScript, it may be called without one.
    const held = (carrier as Carrier<T> | undefined)?.[this.#key] ?? undefined;
    return held?.sessions === this.#sessions ? held : undefined;
  }

  /** Gives the carrier its exchange, and the `session` property unless it inherits that. */
  add(carrier: object, held: HeldExchange<T>): void {
    (carrier as Carrier<T>)[this.#key] = held;
    (carrier as Carrier<T>)[latest] = held;
    if (!(inheritsSession in carrier)) Object.defineProperty(carrier, 'session', sessionProperty);
  }

  /** The carrier's session; throws `ERR_SESS_CONFIG` if it has none from here. */
  of(carrier: object): Session<T> {
    const held = this.find(carrier);
    if (held !== undefined) return held.exchange.session;
    throw new SessError(
      'ERR_SESS_CONFIG',
      `This request has no session: it has not passed this session middleware. ${this.#remedy}`,
    );
  }
}

/** Marks carriers that inherit the `sessionProperty`. */
export const inheritsSession = Symbol.for('sess.inherits');

/** The exchange that a carrier was given last; `null` once its `session` was set to `null`. */
const latest = Symbol.for('sess.exchange');

type Carrier<T extends object> = Record<symbol, HeldExchange<T> | null | undefined>;

/** The `session` of a carrier. A getter, since the response varies by cookie only if a handler has asked for its session. */
export const sessionProperty = {
  configurable: true,
  enumerable: true,
  get(this: object): object | null | undefined {
    const held = (this as Carrier<object>)[latest];
    return held === null ? null : held?.exchange.session;
  },
  set(this: object, value: unknown): void {
    if (value !== null && value !== undefined) throw replacementError();
    void (this as Carrier<object>)[latest]?.exchange.session.destroy();
    (this as Carrier<object>)[latest] = null;
  },
};

function replacementError(): SessError<'ERR_SESS_DATA'> {
  return new SessError(
    'ERR_SESS_DATA',
    'The session cannot be replaced by another object. Use session.replace(data) for new data, session.destroy() or null to end it.',
  );
}

function sharedCookieError(name: string): SessError<'ERR_SESS_CONFIG'> {
  return new SessError(
    'ERR_SESS_CONFIG',
    `This request has passed two session middlewares, made by two calls of session(), with cookies of one name, ${name}: each would take the other's ` +
      'session. Make one middleware and use it in both places, or give one of them another cookie.name.',
  );
}
