// As one object: `crypto.hash` came with Node 20.12, and importing a missing name ends the program before it starts.
import crypto from 'node:crypto';
import { createNodeDigest } from '@sess/core';

/** Node's own SHA-256 and HMAC, which the core finds by itself only on Node 20.16 and later. */
export const nodeDigest = createNodeDigest(crypto);
