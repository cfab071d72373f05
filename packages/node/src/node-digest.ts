// As one object: `crypto.hash` came with Node 20.12, and to import a name that is missing ends the program before it begins.
import crypto from 'node:crypto';
import { createNodeDigest } from '@sess/core';

/** Node's own SHA-256 and HMAC, which the core finds by itself only on Node 20.16 and later. */
export const nodeDigest = createNodeDigest(crypto);
