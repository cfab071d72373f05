import type { Clock } from './clock.js';
import type { EventHub } from './events.js';
import type { GuardedStore } from './guarded-store.js';
import { isSweepable, type SessionStore } from './store.js';

/** How many expired records one sweep removes; few enough not to delay any request. */
const sweepBatch = 100;

interface SweeperParts {
  /** ms from one sweep to the next; `Infinity`: never. */
  readonly every: number;
  readonly clock: Clock;
  readonly events: EventHub;
}

/**
 * A function to call when a session is created, since that is what fills a store: every so often it sweeps. No timer keeps the process alive
 * for it, and nobody waits for it.
 */
export function createSweeper(
  store: SessionStore,
  guarded: GuardedStore,
  { every, clock, events }: SweeperParts,
): () => void {
  if (every === Infinity || !isSweepable(store)) return () => {};
  let nextAt = clock.now() + every;
  let isSweeping = false;
  return () => {
    if (isSweeping || clock.now() < nextAt) return;
    isSweeping = true;
    const sweep = async () => {
      try {
        const removed = await guarded.call('sweep', () => store.sweep(sweepBatch));
        // A full batch means that there may be more: the next new session sweeps again.
        nextAt = clock.now() + (removed < sweepBatch ? every : 0);
      } catch (error) {
        nextAt = clock.now() + every;
        events.emit('error', { error });
      }
      isSweeping = false;
    };
    void sweep();
  };
}
