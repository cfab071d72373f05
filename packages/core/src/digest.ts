import type { Awaitable } from './store.js';

/** The two cryptographic functions Sess needs. Adapters for Node pass Node's own, which are synchronous. */
export interface Digest {
  /** SHA-256 of the text's UTF-8, in base64url without padding (43 characters). */
  hash(text: string): Awaitable<string>;
  /** A function that returns the HMAC-SHA-256 of a text under `key`, in base64url without padding (43 characters). */
  createSigner(key: string): (text: string) => Awaitable<string>;
}

const encoder = new TextEncoder();

/** The digest of the Web Crypto API, present in every runtime. It returns promises. */
export const webDigest: Digest = {
  async hash(text) {
    return toBase64Url(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
  },
  createSigner(key) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const imported = crypto.subtle.importKey('raw', encoder.encode(key), algorithm, false, ['sign']);
    return async (text) => toBase64Url(await crypto.subtle.sign('HMAC', await imported, encoder.encode(text)));
  },
};

/**
 * Hashes for one cookie: another cookie's token opens nothing, even if both keep their sessions in one store and no key signs them. A
 * visitor's token, for instance, may be sent as the administrator's cookie.
 */
export function bindHashes(digest: Digest, cookieName: string): Digest {
  const context = `${cookieName}=`;
  return { hash: (text) => digest.hash(context + text), createSigner: (key) => digest.createSigner(key) };
}

function toBase64Url(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/**
 * Whether two texts are equal, in a time that depends only on their length (ASVS 11.2.4). Texts of different
 * length are told apart early: the length of a hash is not secret.
 */
export function isEqualInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
