import crypto from 'node:crypto';
import { createNodeDigest } from '@sess/core';

/** Synchronous hashing, as the adapters for Node pass it. */
export const nodeDigest = createNodeDigest(crypto);
