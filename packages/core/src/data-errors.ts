import { SessError } from './errors.js';

/** The error for data that was not stored; it lists what is wrong with the data. */
export function dataError(issues: readonly string[], cause?: unknown): SessError<'ERR_SESS_DATA'> {
  return new SessError('ERR_SESS_DATA', `The session was not stored. ${issues.join('; ')}`, { cause });
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
