import { chain } from '../flow.js';
import { decodeBody, type Envelope } from '../record.js';
import type { Runtime } from '../runtime.js';
import type { Awaitable, SessionRecord } from '../store.js';
import type { Admission } from './admit.js';

/** What the browser's cookie needs: nothing, the current token (again), or to be removed. */
export type CookieNeed = 'none' | 'token' | 'removal';

/** A bearer part that was made here, and its hash. */
export interface NewBearer {
  readonly bearer: string;
  readonly hash: string;
}

/** The token of one exchange's session, as far as the browser is concerned: which one it showed, which one it is to get. */
export class BrowserToken {
  #bearer = '';
  /** The hash of the bearer part, by which a record knows it. */
  #hash: string | undefined;
  #shown: string | undefined;
  #isReplaced = false;
  /** Whether no other request can have this session before this one's response is sent. */
  #isUnshared = false;
  /** Whether this was still the browser's valid token when the store was last seen. */
  #isGood = false;
  #need: CookieNeed = 'none';

  constructor(admission: Admission | undefined) {
    if (admission === undefined) return;
    this.#bearer = admission.bearer;
    this.#hash = admission.shown;
    this.#shown = admission.shown;
    if (admission.isStale) this.#need = 'token';
  }

  /** The bearer part: shown by the browser, or on its way there. */
  get bearer(): string {
    return this.#bearer;
  }

  /** The hash of the secret that the browser showed; `undefined` if it showed none of this session's. */
  get shown(): string | undefined {
    return this.#shown;
  }

  /** Whether this response hands out a new token, and so need not rotate again. */
  get isReplaced(): boolean {
    return this.#isReplaced;
  }

  get need(): CookieNeed {
    return this.#need;
  }

  /** Hands out another token, which has just been stored; `isFirst`: it is the session's first. */
  replace({ bearer, hash }: NewBearer, isFirst: boolean): void {
    this.#bearer = bearer;
    this.#hash = hash;
    this.#isReplaced = true;
    this.#isUnshared = isFirst;
    this.#isGood = true;
    this.#need = 'token';
  }

  /** Forgets what the browser showed: the session begins anew, and has no token yet. */
  forget(): void {
    this.#bearer = '';
    this.#hash = undefined;
    this.#shown = undefined;
  }

  /** Sends the current token (again). */
  renew(): void {
    this.#need = 'token';
  }

  /** Removes the cookie from the browser. */
  remove(): void {
    this.#need = 'removal';
  }

  /** Leaves the cookie as it is. */
  leave(): void {
    this.#need = 'none';
  }

  /** Notes the envelope that a write has found or left in the store. */
  meet(envelope: Envelope): void {
    this.#isGood = this.#isGoodIn(envelope);
  }

  /** Notes that others may have replaced the token since the store was last seen. */
  loseSight(): void {
    this.#isGood = this.#isUnshared;
  }

  /**
   * Checks whether a login or a rotation has replaced the token since it was read; if so, it is not sent: it would overwrite the newer
   * one in the browser.
   */
  confirm(runtime: Runtime, record: SessionRecord): Awaitable<void> {
    if (this.#need !== 'token' || this.#isGood) return;
    return chain(runtime.store.read(record.id), (current) => {
      const decoded = current === undefined ? 'corrupt' : decodeBody(current.body);
      this.#isGood = typeof decoded !== 'string' && this.#isGoodIn(decoded.envelope);
      // A logout may have come in between.
      if (!this.#isGood && this.#need === 'token') this.#need = 'none';
    });
  }

  /** A new token need not be the newest: one that was made after it may never have reached anybody. */
  #isGoodIn({ secrets }: Envelope): boolean {
    const at = secrets.findIndex(({ hash, until }) => hash === this.#hash && until === undefined);
    return this.#isReplaced ? at !== -1 : at === 0;
  }
}
