import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, encodeKey, encodeText, isDigest } from './text.js';

/** Strings of any code units, with many of those that need care. */
const unit = fc.oneof(
  fc.constantFrom('\0', '\u001b', '\ud800', '\udc00', '\ufeff', '0', 's', 'f', 'ü', '\u001b0000', '\u001bsha256:'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const text = fc.array(unit, { maxLength: 20 }).map((units) => units.join(''));

describe('encodeText', () => {
  it('is read back to the same string', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(decodeText(encodeText(given))).toBe(given);
      }),
    );
  });

  it('writes what PostgreSQL can keep', () => {
    fc.assert(
      fc.property(text, (given) => {
        const written = encodeText(given);
        expect(written).not.toContain('\0');
        expect(Buffer.from(written, 'utf8').toString('utf8')).toBe(written);
      }),
    );
  });

  it('leaves ordinary text readable', () => {
    expect(encodeText('{"name":"Jörg 😀\\u0000"}')).toBe('{"name":"Jörg 😀\\u0000"}');
  });
});

describe('encodeKey', () => {
  it('gives different strings different keys, all short enough for an index', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, fc.integer({ min: 0, max: 200 }), async (a, b, times) => {
        const [left, right] = [a.repeat(times), b.repeat(times)];
        const keys = [await encodeKey(left), await encodeKey(right)] as const;
        expect(keys[0] === keys[1]).toBe(left === right);
        for (const key of keys) expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1500);
      }),
    );
  });

  it('writes a digest only for a string too long for an index', async () => {
    const longest = 'x'.repeat(500);
    expect(await encodeKey(longest)).toBe(longest);
    const digest = await encodeKey(`${longest}x`);
    expect(isDigest(digest)).toBe(true);
    expect(await encodeKey(digest)).not.toBe(digest);
  });

  it('never takes a string for a digest', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        expect(isDigest(await encodeKey(given))).toBe(false);
      }),
    );
  });
});
