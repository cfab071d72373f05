import type { Awaitable, ManualClock, SessionEvents } from '@sess/core';
import type { Actor } from './actor.js';
import type { Chronicle } from './chronicle.js';
import type { FaultKind } from './faults.js';
import type { Plan } from './script.js';

/** Where a schedule is played: what the processes and their stores need of it. */
export interface Stage {
  readonly plan: Plan;
  /** The time of day, which may be set back. */
  readonly clock: ManualClock;
  /** The clock of the timers: it only goes forwards. */
  readonly timers: ManualClock;
  readonly chronicle: Chronicle;
  /** The id of every record that was created, and on whose behalf. */
  readonly createdIds: Map<string, Actor | undefined>;
  /** Waits until the scheduler gives the turn. */
  turn(): Promise<void>;
  /** Calls the store under test; nothing else happens until it has returned. */
  act<R>(call: () => Awaitable<R>): Promise<R>;
  /** The fault of the next call of the store; `undefined` for none. */
  nextFault(): FaultKind | undefined;
  /** Takes note of a session that the core says it has ended. */
  noteDestroyed(event: SessionEvents['destroyed']): void;
  /** Takes note of keys that the core says it has merged. */
  noteConflict(event: SessionEvents['conflict']): void;
}
