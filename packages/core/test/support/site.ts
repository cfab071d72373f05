import {
  type AdapterOptions,
  createSessions,
  eventNames,
  type ManualClock,
  manualClock,
  type SessionEvents,
  type SessionOptions,
  type Sessions,
  type UntypedData,
} from '@sess/core';
import { webDigest } from '../../src/digest.js';
import { Browser } from './browser.js';
import { MapStore } from './map-store.js';
import { nodeDigest } from './node-digest.js';

type EventName = keyof SessionEvents;

/** An event as it came. */
export type SeenEvent = { [Name in EventName]: { readonly name: Name } & SessionEvents[Name] }[EventName];

/** A session manager with everything around it that a test needs to control. */
export interface Site<T extends object = UntypedData> {
  readonly sessions: Sessions<T>;
  readonly store: MapStore;
  readonly clock: ManualClock;
  /** Every event so far. */
  readonly events: SeenEvent[];
  /** The names of the events so far. */
  eventNames(): readonly EventName[];
  /** The events of one name. */
  eventsOf<Name extends EventName>(name: Name): readonly SessionEvents[Name][];
  /** A browser that has not been here before. */
  browser(options?: { readonly https?: boolean }): Browser<T>;
}

interface SiteParts {
  readonly clock?: ManualClock;
  readonly store?: MapStore;
  readonly adapter?: AdapterOptions;
  /** Whether the store and the digest return promises. */
  readonly isAsync?: boolean;
}

/** How stores and digests may answer; the core goes one way through both. */
export const modes = [
  { mode: 'a store that answers at once', isAsync: false },
  { mode: 'a store that answers with promises', isAsync: true },
] as const;

/** Builds a site on a manual clock and a `MapStore`; `parts` to share them between sites. */
export function createSite(options: Partial<SessionOptions> = {}, parts: SiteParts = {}): Site {
  const clock = parts.clock ?? manualClock();
  const store = parts.store ?? new MapStore(clock);
  const digest = parts.isAsync ? webDigest : nodeDigest;
  if (parts.isAsync) store.before = () => Promise.resolve();
  const sessions = createSessions({ store, clock, ...options }, { digest, ...parts.adapter });
  return surround(sessions, store, clock);
}

/** The site around a session manager that has been made already. */
export function surround<T extends object>(sessions: Sessions<T>, store: MapStore, clock: ManualClock): Site<T> {
  const events: SeenEvent[] = [];
  for (const name of eventNames) {
    sessions.on(name, (event) => void events.push({ name, ...event } as SeenEvent));
  }
  return {
    sessions,
    store,
    clock,
    events,
    eventNames: () => events.map(({ name }) => name),
    eventsOf: <Name extends EventName>(wanted: Name) =>
      events.flatMap(({ name, ...event }) => (name === wanted ? [event as SessionEvents[Name]] : [])),
    browser: (browserOptions) => new Browser(sessions, browserOptions),
  };
}
