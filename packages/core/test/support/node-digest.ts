import crypto from 'node:crypto';
import { createNodeDigest } from '@sess/core';

/** Hashing that answers at once, as the adapters for Node pass it. */
export const nodeDigest = createNodeDigest(crypto);
