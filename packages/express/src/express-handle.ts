import { SessError } from '@sess/core';
import { CallbackHandle } from '@sess/node';

/** The session's object on Express, which has no `cookie` unless the application sets a field of that name. */
export class ExpressHandle extends CallbackHandle {
  /** Explains to express-session's users what to use instead; from `undefined` they would only learn that it has no `maxAge`. */
  get cookie(): unknown {
    throw new SessError(
      'ERR_SESS_CONFIG',
      'A session has no cookie of its own to be changed, and no field `cookie` has been set. In place of `req.session.cookie.maxAge = …` at a login, ' +
        'write `req.session.login(id, { remember: true })` and give session() the option remember; for all sessions, give it the option idleTimeout. ' +
        '`req.session.expiresAt` is when the session ends.',
    );
  }

  set cookie(value: unknown) {
    Object.defineProperty(this, 'cookie', { value, writable: true, enumerable: true, configurable: true });
  }
}
