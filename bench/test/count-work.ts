import { nodeDigest } from '@sess/node';
import { vi } from 'vitest';

/** What takes most of a request's time in the core: hashing, and turning text into data and back. */
export interface Work {
  /** SHA-256 of a token. */
  readonly hashes: number;
  /** HMAC of a token. */
  readonly signatures: number;
  readonly parses: number;
  readonly stringifies: number;
}

/** Counts the work of one request, and does it. Sessions on Node hash by `nodeDigest`, a signer of which lives as long as its sessions. */
export function createWorkCounter(): (request: () => Promise<unknown>) => Promise<Work> {
  const { createSigner } = nodeDigest;
  const sign = vi.fn();
  vi.spyOn(nodeDigest, 'createSigner').mockImplementation((key) => {
    const signer = createSigner(key);
    return (text) => {
      sign();
      return signer(text);
    };
  });
  return async (request) => {
    // Without another implementation a spy calls through.
    const [hash, parse, stringify] = [
      vi.spyOn(nodeDigest, 'hash'),
      vi.spyOn(JSON, 'parse'),
      vi.spyOn(JSON, 'stringify'),
    ];
    const spies = { hashes: hash, signatures: sign, parses: parse, stringifies: stringify };
    for (const spy of Object.values(spies)) spy.mockClear();
    try {
      await request();
      const counts = Object.entries(spies).map(([work, { mock }]) => [work, mock.calls.length]);
      return Object.fromEntries(counts) as unknown as Work;
    } finally {
      for (const spy of [hash, parse, stringify]) spy.mockRestore();
    }
  };
}
