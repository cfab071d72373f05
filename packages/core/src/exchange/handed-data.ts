import { applyChange } from '../data-format.js';
import { chain } from '../flow.js';
import { valueAt } from '../merge.js';
import type { Runtime } from '../runtime.js';
import { endHandle, fillHandle, freezeHandle, type SessionHandle, type SessionHost } from '../session-handle.js';
import type { Awaitable } from '../store.js';

/** The data of one exchange's session as its handler has them: an object that is made when first asked for, and what has become of it. */
export class HandedData {
  readonly #runtime: Runtime;
  readonly #host: SessionHost;
  /** What the object is to hold, until it is asked for; absent for a new session's initial data. */
  #loaded: object | undefined;
  #handle: SessionHandle | undefined;
  #initialText = '{}';
  #isEnded = false;

  constructor(runtime: Runtime, host: SessionHost, loaded: object | undefined) {
    this.#runtime = runtime;
    this.#host = host;
    this.#loaded = loaded;
  }

  /** The text of a new session's initial data. */
  get initialText(): string {
    return this.#initialText;
  }

  /** Whether a handler has the object; else nothing can have been changed. */
  get wasHandedOut(): boolean {
    return this.#handle !== undefined;
  }

  /** The object for the handler. */
  get handle(): SessionHandle {
    this.#handle ??= this.#createHandle();
    return this.#handle;
  }

  /** Leaves the present object as a read-only picture of its data; another takes its place. */
  detach(): void {
    const old = this.handle;
    this.#handle = this.#runtime.createHandle(this.#host);
    fillHandle(this.#handle, { ...old });
    freezeHandle(old);
  }

  /** Puts other data in place of the present ones; once the session has ended, there is nobody to show them to. */
  fill(fields: object): void {
    if (!this.#isEnded) fillHandle(this.handle, fields);
  }

  /** Puts a new session's data in place, with `fields` in front of the initial ones. */
  begin(fields: object): void {
    const { data, text } = this.#runtime.data.createInitial();
    this.#initialText = text;
    this.fill({ ...data, ...fields });
  }

  /** Takes the data away and makes writing to the object throw. */
  end(): void {
    this.#isEnded = true;
    if (this.#handle !== undefined) endHandle(this.#handle);
  }

  /** The data's text, if it is not `base` any more. */
  changedText(base: string): string | undefined {
    if (this.#handle === undefined || this.#isEnded) return undefined;
    const text = this.#runtime.data.textOf(this.#handle);
    return text === base ? undefined : text;
  }

  /** As `changedText`; throws if the data may not be stored. */
  checkedText(base: string): Awaitable<string | undefined> {
    const text = this.changedText(base);
    return text === undefined ? undefined : chain(this.#runtime.data.check(this.handle), () => text);
  }

  /** The keys whose values differ from those in `base`. */
  changedKeys(base: string): readonly string[] {
    const { data } = this.#runtime;
    return data.diff(base, data.textOf(this.handle)).map(({ key }) => key);
  }

  /** The fields with these names. */
  pick(keys: readonly string[]): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.handle).filter(([key]) => keys.includes(key)));
  }

  /**
   * Shows the handler what a merge has made of `sent`, except for keys that it has changed again since: those are left to the next write. Answers the
   * text that the object now agrees with, and whether that is all of `merged`.
   */
  takeMerged(sent: string, merged: string): { readonly baseText: string; readonly isBehind: boolean } {
    const { data } = this.#runtime;
    const added = data.diff(sent, merged);
    const taken = added.filter(({ key, before }) => data.isSame(valueAt(this.handle, key), before));
    for (const change of taken) applyChange(this.handle, change);
    return { baseText: data.patch(sent, taken), isBehind: taken.length < added.length };
  }

  #createHandle(): SessionHandle {
    const handle = this.#runtime.createHandle(this.#host);
    if (this.#loaded === undefined) {
      const { data, text } = this.#runtime.data.createInitial();
      this.#initialText = text;
      this.#loaded = data;
    }
    fillHandle(handle, this.#loaded);
    this.#loaded = undefined;
    if (this.#isEnded) endHandle(handle);
    return handle;
  }
}
