import type { Duration } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import type { AppOptions } from './visitor.js';

// MAX_AGE is a text such as '30m', or milliseconds. In production the key is long, random, and comes from the environment.
const { PORT = '3000', SECRET = 'secret-key', MAX_AGE = '1m' } = process.env;

/** Where to listen. */
export const port = Number(PORT);

/** What to give to `createApp`. Sessions in memory end with the process. */
export const settings: AppOptions = { store: memoryStore(), secret: SECRET, maxAge: MAX_AGE as Duration };

/** Tells where the application can be seen. */
export function announce(port: number): void {
  console.log(`Open http://localhost:${port}`);
}
