import { SessError } from '@sess/core';
import { CallbackHandle } from '@sess/node';

/** The session's object on Express, which has no `cookie` unless the application sets a field of that name. */
export class ExpressHandle extends CallbackHandle {
  /** What express-session's users look for here; `undefined` would give them a riddle about its `maxAge`. */
  get cookie(): unknown {
    throw new SessError(
      'ERR_SESS_CONFIG',
      'A session has no cookie of its own to be changed, and no field `cookie` has been set. In place of `req.session.cookie.maxAge = …` at a login, ' +
        'write `req.session.login(id, { remember: true })` and give session() the option remember; for all sessions, give it the option idleTimeout. ' +
        'When the session ends says `req.session.expiresAt`.',
    );
  }

  set cookie(value: unknown) {
    Object.defineProperty(this, 'cookie', { value, writable: true, enumerable: true, configurable: true });
  }
}
