import { type Digest, isEqualInConstantTime } from './digest.js';
import { chain } from './flow.js';
import type { Awaitable } from './store.js';
import type { Token } from './token.js';

/** The verdict on a signature. */
type SignatureVerdict = 'current' | 'stale' | 'forged';

/**
 * The keys that sign tokens: the first signs, all verify, so that a key can be replaced without logging anybody out.
 * The signature lets a flood of forged cookies be refused without asking the store.
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
  sign(bearer: string): Awaitable<string> {
    const [signer] = this.#signers;
    if (signer === undefined) return bearer;
    return chain(signer(this.#context + bearer), (signature) => `${bearer}.${signature}`);
  }

  /** `current`: valid as it is. `stale`: signed with an older key, to be re-signed. `forged`: not ours. */
  verify({ bearer, signature }: Token): Awaitable<SignatureVerdict> {
    if (this.#signers.length === 0) return signature === undefined ? 'current' : 'stale';
    return signature === undefined ? 'forged' : this.#compare(this.#context + bearer, signature, 0);
  }

  /** Compares a signature with those of the keys from `index` on. */
  #compare(text: string, signature: string, index: number): Awaitable<SignatureVerdict> {
    const signer = this.#signers[index];
    if (signer === undefined) return 'forged';
    return chain(signer(text), (ours) => {
      if (!isEqualInConstantTime(ours, signature)) return this.#compare(text, signature, index + 1);
      return index === 0 ? 'current' : 'stale';
    });
  }

  get #signers(): readonly ReturnType<Digest['createSigner']>[] {
    this.#signersOnceUsed ??= this.#readKeys().map((key) => this.#digest.createSigner(key));
    return this.#signersOnceUsed;
  }
}
