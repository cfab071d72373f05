import { afterEach, describe, expect, test, vi } from 'vitest';
import { randomText } from './random.js';

const base32 = '0123456789abcdefghjkmnpqrstvwxyz';
const base64Url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The generator's pool as it is from now on: everything drawn comes out of this array. */
async function captureFreshPool() {
  vi.resetModules();
  const pools: Uint8Array[] = [];
  vi.stubGlobal('crypto', {
    getRandomValues(bytes: Uint8Array) {
      pools.push(bytes);
      return bytes.fill(0xff);
    },
  });
  const { randomText } = await import('./random.js');
  return { randomText, pools };
}

afterEach(() => {
  vi.unstubAllGlobals();
  // Files share modules, and this one's pool may hold what a stub has put there.
  vi.resetModules();
});

describe('randomText', () => {
  test.each([
    [base32, 20],
    [base64Url, 32],
    ['01', 1],
  ])('draws from %s, %i characters', (alphabet, length) => {
    const text = randomText(alphabet, length);
    expect(text).toHaveLength(length);
    for (const character of text) expect(alphabet).toContain(character);
  });

  test('predictable ids: every character is equally likely at every position', () => {
    const texts = Array.from({ length: 6400 }, () => randomText(base64Url, 8));
    const expected = texts.length / base64Url.length;
    for (let position = 0; position < 8; position++) {
      let chiSquare = 0;
      for (const character of base64Url) {
        const seen = texts.filter((text) => text[position] === character).length;
        chiSquare += (seen - expected) ** 2 / expected;
      }
      // 63 degrees of freedom: a fair source exceeds 160 once in more than 10⁹ times.
      expect(chiSquare).toBeLessThan(160);
    }
  });

  test('uses each byte of the generator once, and the whole of its range', async () => {
    vi.resetModules();
    let next = 0;
    vi.stubGlobal('crypto', {
      getRandomValues: (bytes: Uint8Array) => bytes.map((_, at) => (bytes[at] = next++ % 256)) && bytes,
    });
    const { randomText } = await import('./random.js');
    expect(randomText(base32, 32)).toBe(base32);
    expect(randomText(base32, 32)).toBe(base32);
    expect(randomText(base64Url, 64)).toBe(base64Url);
  });

  test('draws anew when the pool is used up, without a repetition', () => {
    const texts = new Set(Array.from({ length: 2000 }, () => randomText(base32, 20)));
    expect(texts.size).toBe(2000);
  });

  test('wipes what it has used from the pool', async () => {
    const { randomText, pools } = await captureFreshPool();
    randomText(base32, 20);
    const [pool] = pools;
    expect(pools).toHaveLength(1);
    expect([...(pool ?? []).slice(0, 20)]).toEqual(new Array(20).fill(0));
    expect(pool?.[20]).toBe(0xff);
  });

  test('never reads past the pool: the rest of it is not enough for another text', async () => {
    const { randomText, pools } = await captureFreshPool();
    const size = () => pools[0]?.length ?? 0;
    randomText(base32, 20);
    for (let used = 20; used + 20 <= size(); used += 20) randomText(base32, 20);
    expect(pools).toHaveLength(1);
    expect(randomText(base32, 20)).toBe('z'.repeat(20));
    expect(pools).toHaveLength(2);
  });

  test('predictable ids: a generator that fails makes it throw, each time, and it recovers with the generator', async () => {
    vi.resetModules();
    let isBroken = true;
    vi.stubGlobal('crypto', {
      getRandomValues(bytes: Uint8Array) {
        if (isBroken) throw new Error('no entropy');
        return bytes.fill(1);
      },
    });
    const { randomText } = await import('./random.js');
    expect(() => randomText(base32, 20)).toThrow('no entropy');
    expect(() => randomText(base32, 20)).toThrow('no entropy');
    isBroken = false;
    expect(randomText(base32, 20)).toBe('1'.repeat(20));
  });

  test('predictable ids: without a generator it throws', async () => {
    vi.resetModules();
    vi.stubGlobal('crypto', undefined);
    const { randomText } = await import('./random.js');
    expect(() => randomText(base32, 20)).toThrow(TypeError);
  });
});
