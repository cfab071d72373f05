import { createHash, createHmac } from 'node:crypto';
import { scaleRuns } from '@sess/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isEqualInConstantTime, webDigest } from './digest.js';

/** UTF-16 code units in any order, half surrogates too. */
const anyText = fc.array(fc.nat({ max: 0xffff }), { maxLength: 150 }).map((units) => String.fromCharCode(...units));

const hexToBase64Url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');

describe('webDigest', () => {
  // FIPS 180-4's examples for SHA-256.
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('SHA-256 of %o', async (text, hex) => {
    expect(await webDigest.hash(text)).toBe(hexToBase64Url(hex));
  });

  // RFC 4231's test cases whose key and data are text; case 6 has a key longer than a block, given as bytes ≥ 0x80 there.
  test.each([
    ['Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    ['\v'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  ])('HMAC-SHA-256 under %o', async (key, text, hex) => {
    expect(await webDigest.createSigner(key)(text)).toBe(hexToBase64Url(hex));
  });

  test('is base64url without padding, 43 characters', async () => {
    for (let i = 0; i < 64; i++) {
      expect(await webDigest.hash(`text ${i}`)).toMatch(/^[\w-]{43}$/);
      expect(await webDigest.createSigner('key')(`text ${i}`)).toMatch(/^[\w-]{43}$/);
    }
  });

  test("agrees with Node's crypto on any text and key", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        anyText.filter((text) => text !== ''),
        async (text, key) => {
          expect(await webDigest.hash(text)).toBe(createHash('sha256').update(text).digest('base64url'));
          expect(await webDigest.createSigner(key)(text)).toBe(
            createHmac('sha256', key).update(text).digest('base64url'),
          );
        },
      ),
      { numRuns: scaleRuns(30) },
    );
  });
});

describe('isEqualInConstantTime', () => {
  test('tells equal texts from others', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(isEqualInConstantTime(a, b)).toBe(a === b);
        expect(isEqualInConstantTime(a, a)).toBe(true);
      }),
    );
  });

  test('sees a difference of one bit, wherever it stands', () => {
    const text = 'abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE';
    for (let at = 0; at < text.length; at++) {
      for (const bit of [1, 128, 0x8000]) {
        const other = String.fromCharCode(text.charCodeAt(at) ^ bit);
        expect(isEqualInConstantTime(text, text.slice(0, at) + other + text.slice(at + 1))).toBe(false);
      }
    }
  });

  test('timing: looks at every character, also after it has found a difference', () => {
    const countLooks = (text: string) => {
      let looks = 0;
      const observed = {
        length: text.length,
        charCodeAt(at: number) {
          looks++;
          return text.charCodeAt(at);
        },
      } as unknown as string;
      isEqualInConstantTime(observed, 'a'.repeat(text.length));
      return looks;
    };
    expect(countLooks('a'.repeat(43))).toBe(43);
    expect(countLooks(`b${'a'.repeat(42)}`)).toBe(43);
    expect(countLooks('b'.repeat(43))).toBe(43);
  });
});
