import { setTimeout as delay } from 'node:timers/promises';

/** Repeats `attempt` until it resolves, and resolves to its value; rejects with its last error once `deadline` ms are over. */
export async function poll<T>(attempt: () => Promise<T>, deadline = 10_000): Promise<T> {
  const end = performance.now() + deadline;
  // Quick at first, to see immediately what is ready; slower later, to leave the processor to what takes seconds.
  for (let pause = 2; ; pause = Math.min(50, pause * 1.5)) {
    try {
      return await attempt();
    } catch (cause) {
      if (cause instanceof Fatal || performance.now() >= end) throw cause;
      await delay(pause);
    }
  }
}

/** Thrown by an attempt that another try cannot mend. */
export class Fatal extends Error {}
