import { randomFillSync } from 'node:crypto';

/** How many characters a nonce has. */
export const nonceLength = 8;

const bytesPerNonce = 6;
const pool = Buffer.alloc(bytesPerNonce * 512);
let used = pool.length;

/**
 * A new mark of eight URL-safe characters (48 random bits), by which a write is known again when a client sends
 * it twice. It need not be hard to guess, only different from the few others in the same record.
 */
export function createNonce(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytesPerNonce;
  return pool.toString('base64url', used - bytesPerNonce, used);
}
