import { type Digest, isEqualInConstantTime } from './digest.js';
import { type Flow, wait } from './flow.js';
import type { Token } from './token.js';

/**
 * The keys that sign tokens: the first signs, all verify, so that a key can be replaced without logging anybody out.
 * The signature lets a flood of made-up cookies be refused without asking the store.
 */
export class Keyring {
  readonly #readKeys: () => readonly string[];
  readonly #digest: Digest;
  readonly #context: string;
  #signersOnceUsed: readonly ReturnType<Digest['createSigner']>[] | undefined;

  /**
   * A keyring for the cookie called `cookieName`: a token signed for one cookie does not verify for another. The keys are read when
   * first needed.
   */
  constructor(readKeys: () => readonly string[], cookieName: string, digest: Digest) {
    this.#readKeys = readKeys;
    this.#digest = digest;
    this.#context = `${cookieName}=`;
  }

  /** The full text of a token: signed if there are keys, else the bearer part itself. */
  *sign(bearer: string): Flow<string> {
    const [signer] = this.#signers;
    return signer === undefined ? bearer : `${bearer}.${yield* wait(signer(this.#context + bearer))}`;
  }

  /** `current`: good as it is. `stale`: signed by an older key, to be signed anew. `forged`: not ours. */
  *verify(token: Token): Flow<'current' | 'stale' | 'forged'> {
    const signers = this.#signers;
    if (signers.length === 0) return token.signature === undefined ? 'current' : 'stale';
    if (token.signature === undefined) return 'forged';
    for (const [index, signer] of signers.entries()) {
      const signature = yield* wait(signer(this.#context + token.bearer));
      if (isEqualInConstantTime(signature, token.signature)) return index === 0 ? 'current' : 'stale';
    }
    return 'forged';
  }

  get #signers(): readonly ReturnType<Digest['createSigner']>[] {
    this.#signersOnceUsed ??= this.#readKeys().map((key) => this.#digest.createSigner(key));
    return this.#signersOnceUsed;
  }
}
