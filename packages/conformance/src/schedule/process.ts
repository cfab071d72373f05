import { type Clock, createSessions, type SessionStore, type Sessions } from '@sess/core';
import { ScheduledStore } from './scheduled-store.js';
import type { Stage } from './stage.js';
import { testDigest } from './test-digest.js';

const disturbed = ['created', 'committed', 'destroyed', 'login', 'error'] as const;

function failToListen(): never {
  throw new Error('a listener that throws');
}

/** One process of an application: a session manager of its own over the store that all share. */
export class Process {
  readonly name: string;
  readonly sessions: Sessions;
  /** Resolves when the process has crashed. */
  readonly crashed: Promise<void>;
  /** The ids of the sessions that this process has declared expired. */
  readonly expired = new Set<string>();
  #isDead = false;
  #crash = () => {};

  constructor(stage: Stage, name: string, store: SessionStore) {
    this.name = name;
    this.crashed = new Promise((resolve) => {
      this.#crash = resolve;
    });
    this.sessions = createSessions(
      { ...stage.plan.options, store: new ScheduledStore(stage, this, store), clock: this.#createClock(stage) },
      { digest: testDigest(stage.plan.isDigestAsync) },
    );
    if (stage.plan.hasFaultyListener) for (const name of disturbed) this.sessions.on(name, failToListen);
    this.sessions.on('expired', ({ id }) => void this.expired.add(id));
    this.sessions.on('destroyed', (event) => stage.noteDestroyed(event));
    this.sessions.on('conflict', (event) => stage.noteConflict(event));
    this.sessions.on('refused', ({ id, reason, at }) =>
      stage.chronicle.note(name, `  refused at ${at} as ${reason}`, id),
    );
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Ends the process where it stands: none of its requests goes on, whatever the store returns. */
  crash(): void {
    this.#isDead = true;
    this.#crash();
  }

  /** The clock of all, but a dead process's timers do not fire. */
  #createClock({ clock, timers }: Stage): Clock {
    return {
      now: () => clock.now(),
      after: (ms, callback) =>
        timers.after(ms, () => {
          if (!this.#isDead) callback();
        }),
    };
  }
}
