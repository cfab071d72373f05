// As one object: `crypto.hash` came with Node 20.12, and to import a name that is missing ends the program before it begins.
import crypto from 'node:crypto';
import type { Digest } from '@sess/core';

const { createHash, createHmac, hash } = crypto;

/** Node's own SHA-256 and HMAC, which return at once and take a fraction of the Web Crypto API's time. */
export const nodeDigest: Digest = {
  hash:
    typeof hash === 'function'
      ? (text) => hash('sha256', text, 'base64url')
      : (text) => createHash('sha256').update(text).digest('base64url'),
  createSigner: typeof hash === 'function' ? createOneShotSigner : createSigner,
};

function createSigner(key: string): (text: string) => string {
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}

const blockLength = 64;
const hashLength = 32;
/** Room for the longest text signed here, a cookie's name and a token. */
const longestText = 512;

/**
 * HMAC as RFC 2104 defines it, by two one-shot hashes: `createHmac` makes a native object for each call, which takes twice as long and weighs
 * on the garbage collector. The inner hash passes as a text of one character a byte, since a new `Buffer` takes longer than all the rest.
 */
function createOneShotSigner(key: string): (text: string) => string {
  const fallback = createSigner(key);
  const inner = Buffer.alloc(blockLength + longestText);
  const outer = Buffer.alloc(blockLength + hashLength);
  const block = Buffer.alloc(blockLength);
  const bytes = Buffer.from(key);
  (bytes.length > blockLength ? hash('sha256', bytes, 'buffer') : bytes).copy(block);
  for (const [at, byte] of block.entries()) {
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  }
  return (text) => {
    // A character takes three bytes at most.
    if (text.length * 3 > longestText) return fallback(text);
    const end = blockLength + inner.write(text, blockLength);
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), blockLength, 'latin1');
    return hash('sha256', outer, 'base64url');
  };
}
