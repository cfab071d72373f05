import { AsyncLocalStorage } from 'node:async_hooks';

/** Somebody in a schedule on whose behalf the store is called. */
export interface Actor {
  readonly name: string;
  /** Whether it has come to its end, and not just stopped somewhere. */
  isDone: boolean;
  /** How many write calls it has made. */
  writes: number;
  /** How many of its calls have failed or never returned. */
  faults: number;
  /** The calls of which it has had no answer, or not in time: nobody knows whether they took effect. */
  readonly unheard: Set<{ readonly method: string }>;
  /** How many of its calls have not returned yet. */
  pending: number;
  /** The step at which it made the last call about a record that has returned, by id. */
  readonly lastCalls: Map<string, number>;
  /** The step at which it made the last update of a record that has returned, by id. */
  readonly lastUpdates: Map<string, number>;
}

/** The current actor, which follows a call through everything it causes. */
export const currentActor = new AsyncLocalStorage<Actor>();

/** Whether it has had no answer, or not in time, to a call of one of these methods. */
export function hasUnheard({ unheard }: Actor, methods: readonly string[]): boolean {
  return [...unheard].some(({ method }) => methods.includes(method));
}

/** An actor who has done nothing yet. */
export function createActor(name: string): Actor {
  return {
    name,
    isDone: false,
    writes: 0,
    faults: 0,
    unheard: new Set(),
    pending: 0,
    lastCalls: new Map(),
    lastUpdates: new Map(),
  };
}
