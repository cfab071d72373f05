import { SessError } from './errors.js';

/** The error for data that were not stored, with what is wrong with them, one line for each issue. */
export function dataError(issues: readonly string[], cause?: unknown): SessError<'ERR_SESS_DATA'> {
  return new SessError('ERR_SESS_DATA', `The session was not stored. ${issues.join('; ')}`, { cause });
}

/** What an error, or whatever else was thrown, says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
