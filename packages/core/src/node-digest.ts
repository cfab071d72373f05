import type { Digest } from './digest.js';

/** The part of `node:crypto` used. */
export interface NodeCrypto {
  /** One-shot; since Node 20.12. */
  readonly hash?: (algorithm: 'sha256', data: string | Uint8Array, encoding: 'base64url' | 'binary') => string;
  createHash(algorithm: 'sha256'): Hash;
  createHmac(algorithm: 'sha256', key: string): Hash;
}

interface Hash {
  update(text: string): { digest(encoding: 'base64url'): string };
}

const blockLength = 64;
const hashLength = 32;
/** Room for the longest text signed in one call, a cookie's name and a token. */
const longestText = 512;
const encoder = new TextEncoder();

/** SHA-256 and HMAC by `node:crypto`, which is synchronous and takes a hundredth of the Web Crypto API's time. */
export function createNodeDigest(crypto: NodeCrypto): Digest {
  const { hash } = crypto;
  const createSigner = (key: string) => (text: string) =>
    crypto.createHmac('sha256', key).update(text).digest('base64url');
  if (typeof hash !== 'function') {
    return { hash: (text) => crypto.createHash('sha256').update(text).digest('base64url'), createSigner };
  }
  return {
    hash: (text) => hash('sha256', text, 'base64url'),
    createSigner: (key) => createOneShotSigner(hash, key, createSigner(key)),
  };
}

/**
 * The digest of this runtime's `node:crypto`, if it can be looked up: Node from 20.16, Bun, Deno, and workers with Node's modules. Done in
 * a way that no bundler takes for an import. `undefined` elsewhere.
 */
export function findNodeDigest(): Digest | undefined {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } };
  const crypto = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined;
  return crypto === undefined ? undefined : createNodeDigest(crypto);
}

/**
 * HMAC as defined by RFC 2104, from two one-shot hashes: `createHmac` makes a native object per call, which takes twice as long and burdens
 * the garbage collector. The inner hash is a string of one character per byte, since a new array would take longer than all the rest.
 */
function createOneShotSigner(
  hash: NonNullable<NodeCrypto['hash']>,
  key: string,
  fallback: (text: string) => string,
): (text: string) => string {
  const inner = new Uint8Array(blockLength + longestText);
  const outer = new Uint8Array(blockLength + hashLength);
  const bytes = encoder.encode(key);
  const block = new Uint8Array(blockLength);
  if (bytes.length > blockLength) setBytes(block, 0, hash('sha256', bytes, 'binary'));
  else block.set(bytes);
  for (const [at, byte] of block.entries()) {
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  }
  const message = inner.subarray(blockLength);
  return (text) => {
    // A character takes three bytes at most.
    if (text.length * 3 > longestText) return fallback(text);
    const end = blockLength + encoder.encodeInto(text, message).written;
    setBytes(outer, blockLength, hash('sha256', inner.subarray(0, end), 'binary'));
    return hash('sha256', outer, 'base64url');
  };
}

/** Writes a string of one character per byte. */
function setBytes(target: Uint8Array, start: number, text: string): void {
  for (let at = 0; at < text.length; at++) target[start + at] = text.charCodeAt(at);
}
