import type { PlainAdapter } from './plain-adapter.js';

/** An adapter that is broken in one way. */
export interface BrokenAdapter {
  /** Named after the defect. */
  readonly name: string;
  /** What it does wrong, in words that end the sentence "This adapter …". */
  readonly defect: string;
  /** The scenario that catches it. */
  readonly caughtBy: string;
  readonly Adapter: new () => PlainAdapter;
}

/** A defect told as a class: one that overrides a step of `PlainAdapter`. */
export function broken(name: string, defect: string, caughtBy: string, Adapter: new () => PlainAdapter): BrokenAdapter {
  return { name, defect, caughtBy, Adapter };
}
