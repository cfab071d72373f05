const poolSize = 8192;
const pool = new Uint8Array(poolSize);
let used = poolSize;

/**
 * `length` random characters of `alphabet`, from the platform's cryptographic generator; throws if that fails
 * (CVE-2025-40931 shows what a fallback leads to). The alphabet must have 2, 4, 8 … or 128 characters, so that
 * each is equally likely.
 *
 * Bytes come from a pool, since a call to the generator costs far more than the bytes, and are wiped once used.
 */
export function randomText(alphabet: string, length: number): string {
  const mask = alphabet.length - 1;
  if (used + length > poolSize) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  // Joined in one step: a string that grows character by character takes three times as long.
  const codes: number[] = [];
  for (const end = used + length; used < end; used++) {
    codes.push(alphabet.charCodeAt((pool[used] as number) & mask));
    pool[used] = 0;
  }
  return String.fromCharCode(...codes);
}
