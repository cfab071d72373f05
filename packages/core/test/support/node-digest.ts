import { createHash, createHmac } from 'node:crypto';
import type { Digest } from '@sess/core';

/** Hashing that answers at once, as the adapters for Node pass it. */
export const nodeDigest: Digest = {
  hash: (text) => createHash('sha256').update(text).digest('base64url'),
  createSigner: (key) => (text) => createHmac('sha256', key).update(text).digest('base64url'),
};
