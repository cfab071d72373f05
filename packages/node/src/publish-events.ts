import { channel } from 'node:diagnostics_channel';
import { eventNames, type SessionEvents, type Sessions } from '@sess/core';

/**
 * Publishes every event of `sessions` on `node:diagnostics_channel`, as `sess:created`, `sess:destroyed` and so on, for tools that watch
 * an application without being part of it.
 */
export function publishEvents<T extends object>(sessions: Sessions<T>): void {
  for (const name of eventNames) publishEvent(sessions, name);
}

function publishEvent<T extends object>(sessions: Sessions<T>, name: keyof SessionEvents): void {
  const events = channel(`sess:${name}`);
  sessions.on(name, (event) => events.publish(event));
}

/** Prints each kind of insecurity once, with its remedy, as a warning of the process. */
export function warnOfInsecurity<T extends object>(sessions: Sessions<T>): void {
  const warned = new Set<string>();
  sessions.on('insecure', ({ problem, remedy }) => {
    if (warned.has(problem)) return;
    warned.add(problem);
    process.emitWarning(remedy, { type: 'SessWarning', code: `SESS_${problem.replaceAll('-', '_').toUpperCase()}` });
  });
}
