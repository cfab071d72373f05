import { channel } from 'node:diagnostics_channel';
import { SessError, type Sessions } from '@sess/core';

const errors = channel('sess:error');

/**
 * Prints a failure of the server that no framework reports, unless somebody listens to the `error` event. Only its stack: what else a
 * driver's error carries may reveal what was to be stored.
 */
export function printUnheard<T extends object>(sessions: Sessions<T>, error: unknown): void {
  if (sessions.hasListeners('error') || errors.hasSubscribers) return;
  if (SessError.is(error) && error.status < 500) return;
  // biome-ignore lint/suspicious/noConsole: the last resort.
  console.error(error instanceof Error ? error.stack : String(error));
}
