import { SessError } from '@sess/core';
import type { Request } from 'express';

/** The `sessionID` of a request, for middleware that was written for express-session. A getter, as `session` is. */
export const sessionIdProperty = {
  configurable: true,
  enumerable: true,
  get(this: Request): string | undefined {
    // It may have been ended by `req.session = null`.
    return (this.session as Request['session'] | null)?.id;
  },
  set(): void {
    throw new SessError(
      'ERR_SESS_DATA',
      "The session's id cannot be set: ids are random, and never the application's. session.regenerate() begins a session with another.",
    );
  },
};
