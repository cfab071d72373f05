import { memoryStore } from '@sess/store-memory';
import type { AppOptions } from './visitor.js';

// In production the key is long, random, and comes from the environment.
const { PORT = '3000', SECRET = 'secret-key', MAX_AGE = '60000' } = process.env;

/** Where to listen. */
export const port = Number(PORT);

/** What to give to `createApp`. Sessions in memory end with the process. */
export const settings: AppOptions = { store: memoryStore(), secret: SECRET, maxAge: Number(MAX_AGE) };

/** Tells where the application can be seen. */
export function announce(port: number): void {
  console.log(`Open http://localhost:${port}`);
}
