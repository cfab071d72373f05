import crypto, { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createNodeDigest, findNodeDigest } from './node-digest.js';

const { hash: _, ...olderCrypto } = crypto;

describe.each([
  ['in one call', createNodeDigest(crypto)],
  ['as before Node 20.12', createNodeDigest(olderCrypto)],
])('node:crypto, %s', (_, digest) => {
  test('hash is SHA-256 in base64url', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(digest.hash(text)).toBe(createHash('sha256').update(text).digest('base64url'));
      }),
    );
  });

  test('a signer answers the HMAC-SHA-256 of RFC 2104, for keys and texts of any length', () => {
    const text = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1 }), (key, texts) => {
        const sign = digest.createSigner(key);
        // Several with one signer: what one leaves behind must not reach the next.
        for (const signed of texts) {
          expect(sign(signed)).toBe(createHmac('sha256', key).update(signed).digest('base64url'));
        }
      }),
    );
  });

  test('a signer agrees with the second test case of RFC 4231', () => {
    const expected = Buffer.from('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', 'hex');

    expect(digest.createSigner('Jefe')('what do ya want for nothing?')).toBe(expected.toString('base64url'));
  });
});

describe('findNodeDigest', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('finds what the runtime says that it has', () => {
    vi.stubGlobal('process', { getBuiltinModule: (name: string) => (name === 'node:crypto' ? crypto : undefined) });

    expect(findNodeDigest()?.hash('abc')).toBe(createHash('sha256').update('abc').digest('base64url'));
  });

  test.each<[string, unknown]>([
    ['no process', undefined],
    ['a process of an older Node', {}],
    ['no such module', { getBuiltinModule: () => undefined }],
  ])('finds nothing where there is %s', (_, process) => {
    vi.stubGlobal('process', process);

    expect(findNodeDigest()).toBeUndefined();
  });
});
