/** What went wrong, as a constant to branch on. */
export type SessErrorCode =
  /** An option is missing, malformed or contradicts another. Thrown at construction. */
  | 'ERR_SESS_CONFIG'
  /** The session's data is not what the schema or JSON allows; nothing was written. */
  | 'ERR_SESS_DATA'
  /** The session was ended (destroyed, expired, superseded by a login) and can no longer be used. */
  | 'ERR_SESS_ENDED'
  /** Two requests changed one key whose merge rule is `reject`, or made changes that the schema does not accept together. */
  | 'ERR_SESS_CONFLICT'
  /** So many requests are writing one session that this one got no turn within `storeTimeout`. */
  | 'ERR_SESS_CONTENDED'
  /** The store failed; `cause` says how. */
  | 'ERR_SESS_STORE'
  /** The store did not answer within `storeTimeout`. */
  | 'ERR_SESS_STORE_TIMEOUT'
  /** The subject has as many sessions as `maxPerSubject` allows. */
  | 'ERR_SESS_LIMIT'
  /** The session's last login is longer ago than `requireFresh` allows. */
  | 'ERR_SESS_STALE'
  /** The session needs a cookie, and the response's head has already been sent. */
  | 'ERR_SESS_HEADERS_SENT'
  /** The store lacks an ability the call needs, such as the subject index. */
  | 'ERR_SESS_UNSUPPORTED';

const httpStatus: Partial<Record<SessErrorCode, number>> = {
  ERR_SESS_ENDED: 409,
  ERR_SESS_CONFLICT: 409,
  ERR_SESS_CONTENDED: 503,
  ERR_SESS_STORE: 503,
  ERR_SESS_STORE_TIMEOUT: 503,
  ERR_SESS_LIMIT: 403,
  ERR_SESS_STALE: 401,
};

const brand = Symbol.for('sess.error');

/**
 * A text on one line. A message may quote a key of the data, a schema or a store; a control character in it could forge a line of a log, or
 * steer a terminal.
 */
function toOneLine(text: string): string {
  const encode = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replace(/\n */g, ' ').replace(/[\p{Cc}\u2028\u2029]/gu, encode);
}

/**
 * Every error that Sess raises. Branch on `code`; the message says what was wrong, with which value
 * (never a secret), and what to do. Recognise one with `SessError.is`, which also accepts errors of a second
 * copy of the package, where `instanceof` fails.
 */
export class SessError<Code extends SessErrorCode = SessErrorCode> extends Error {
  override readonly name = 'SessError';
  readonly code: Code;
  /** The matching HTTP status, read by the error handlers of Express, Koa and Fastify. */
  readonly status: number;
  readonly [brand] = true;

  constructor(code: Code, message: string, options?: { readonly cause?: unknown }) {
    super(toOneLine(message), options);
    this.code = code;
    this.status = httpStatus[code] ?? 500;
  }

  /** Whether `value` is a `SessError`, of the given code if one is given. */
  static is<C extends SessErrorCode>(value: unknown, code?: C): value is SessError<C> {
    if (typeof value !== 'object' || value === null || !(brand in value)) return false;
    return code === undefined || (value as SessError).code === code;
  }
}

/** A configuration error: what is wrong and what to write instead. */
export function configError(message: string): SessError<'ERR_SESS_CONFIG'> {
  return new SessError('ERR_SESS_CONFIG', message);
}
