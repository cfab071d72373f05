import { channel } from 'node:diagnostics_channel';
import { eventNames, type Sessions } from '@sess/core';

const channels = Object.fromEntries(eventNames.map((name) => [name, channel(`sess:${name}`)]));

/**
 * Publishes every event of `sessions` on `node:diagnostics_channel`, as `sess:created`, `sess:destroyed` and so on, for tools that watch
 * an application without being part of it.
 */
export function publishEvents<T extends object>(sessions: Sessions<T>): void {
  sessions.observe((name, event) => channels[name]?.publish(event));
}
