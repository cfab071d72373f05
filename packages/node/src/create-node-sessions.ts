import {
  type AdapterOptions,
  assertOptions,
  createSessions,
  type DataOf,
  type Schema,
  type SessionData,
  type SessionOptions,
  type Sessions,
  type TypedOptions,
  warnOfDefaultStore,
  warnOfInsecurity,
} from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import { CallbackHandle } from './callback-handle.js';
import { nodeDigest } from './node-digest.js';
import { publishEvents } from './publish-events.js';

/** The options of sessions on Node: the core's, with a store in this process's memory if none is given. */
export interface NodeSessionOptions<T extends object> extends Omit<SessionOptions<T>, 'store'> {
  /** Where sessions are kept. Default: this process's memory, which is lost when it ends and shared with no other; warns in production. */
  readonly store?: SessionOptions<T>['store'];
}

/** Creates a session manager for Node: hashing by Node, verbs with callbacks, events on `node:diagnostics_channel`, process warnings. */
export function createNodeSessions<T extends object & SessionData<T>, S extends Schema | undefined>(
  options: TypedOptions<T, S, NodeSessionOptions<DataOf<T, S>>>,
  adapter: AdapterOptions = {},
): Sessions<DataOf<T, S>> {
  assertOptions(options);
  const complete = { ...options, store: options.store ?? memoryStore(clockOf(options)) };
  const sessions = createSessions<T, S>(complete as TypedOptions<T, S>, {
    digest: nodeDigest,
    createHandle: (host) => new CallbackHandle(host),
    ...adapter,
  });
  if (options.store === undefined) warnOfDefaultStore();
  publishEvents(sessions);
  warnOfInsecurity(sessions);
  return sessions;
}

function clockOf<O extends Pick<SessionOptions, 'clock'>>({ clock }: O): Pick<SessionOptions, 'clock'> {
  return clock === undefined ? {} : { clock };
}
