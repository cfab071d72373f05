import type { BrowserToken } from './browser-token.js';
import type { HandedData } from './handed-data.js';

/** Whether the session of one exchange has ended, and by whom: by this request, or by somebody else. */
export class SessionEnd {
  readonly #data: HandedData;
  readonly #token: BrowserToken;
  #isEnded = false;
  #isDecided = false;
  #isOwed = false;
  #isLost = false;

  /** The end clears `data`, and decides through `token` what becomes of the cookie. */
  constructor(data: HandedData, token: BrowserToken) {
    this.#data = data;
    this.#token = token;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether the end has been decided here and the store has not yet acknowledged it. */
  get isOwed(): boolean {
    return this.#isOwed;
  }

  /** Whether somebody else has ended the session, and this request has not destroyed it itself. */
  get isLost(): boolean {
    return this.#isLost && !this.#isDecided;
  }

  /** Decides the end, which stands whatever others have done to the session. */
  decide(removesCookie: boolean): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    this.#isOwed = true;
    if (removesCookie) this.#token.remove();
    this.#end();
  }

  /** The store has removed the session. */
  acknowledge(): void {
    this.#isOwed = false;
  }

  /** Somebody else has ended the session. */
  lose(): void {
    this.#isLost = true;
    this.abandon();
  }

  /** Nobody goes on with the session. Leaves the cookie alone, except in a logout: clearing it could wipe the one a concurrent login just set. */
  abandon(): void {
    if (!this.#isDecided) this.#token.leave();
    this.#end();
  }

  #end(): void {
    this.#isEnded = true;
    this.#data.end();
  }
}
