import { SessError } from '../errors.js';

/** The error for a verb of a session that has ended. */
export function endedError(verb: string): SessError<'ERR_SESS_ENDED'> {
  return new SessError(
    'ERR_SESS_ENDED',
    `session.${verb}() was not carried out: the session has ended, here or by another request. Check session.isDestroyed, or let the user begin anew.`,
  );
}

/** The error for needing a cookie after the response's head has left. */
export function headSentError(what: string): SessError<'ERR_SESS_HEADERS_SENT'> {
  return new SessError(
    'ERR_SESS_HEADERS_SENT',
    `${what} needs a cookie, and the response's head has already been sent. Do it before the first byte of the response.`,
  );
}
