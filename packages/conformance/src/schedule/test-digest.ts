import { createHash, createHmac } from 'node:crypto';
import type { Digest } from '@sess/core';

/** Real hashing that returns a value or, as the Web Crypto API does, a promise. */
export function testDigest(isAsync: boolean): Digest {
  const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
  const sign = (key: string, text: string) => createHmac('sha256', key).update(text).digest('base64url');
  return isAsync
    ? { hash: async (text) => hash(text), createSigner: (key) => async (text) => sign(key, text) }
    : { hash, createSigner: (key) => (text) => sign(key, text) };
}
