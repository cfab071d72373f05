import type { Duration, SessionStore } from '@sess/core';
import { z } from 'zod';

/** What the application remembers of a visitor. */
export const visitor = z.object({
  name: z.string().min(1).max(40).optional(),
  visits: z.number().int().default(0),
});

/** What to say when a name is invalid. */
export const nameProblem = 'A name has 1 to 40 characters.';

/** The name that somebody has typed in; `undefined` if it is invalid. */
export function readName(typed: unknown): string | undefined {
  const name = visitor.shape.name.safeParse(typeof typed === 'string' ? typed.trim() : '');
  return name.data;
}

/** What the application needs from outside. */
export interface AppOptions {
  readonly store: SessionStore;
  /** The keys that sign cookies. */
  readonly secret: string;
  /** How long a visitor may be away. */
  readonly maxAge: Duration;
}
