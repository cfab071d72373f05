import { applyChange, type TextedData } from '../data-format.js';
import { chain } from '../flow.js';
import type { DrawnData } from '../initial-data.js';
import { valueAt } from '../merge.js';
import type { Runtime } from '../runtime.js';
import { endHandle, fillHandle, freezeHandle, type SessionHandle, type SessionHost } from '../session-handle.js';
import { isUnchanged, type Snapshot } from '../snapshot.js';
import type { Awaitable } from '../store.js';

/** The session data that one exchange's handler holds: an object made when it is first asked for, and what has become of it. */
export class HandedData {
  readonly #runtime: Runtime;
  readonly #host: SessionHost;
  /** What the object will hold, until it is asked for; a new session's initial data is drawn only then, if that can be synchronous. */
  #loaded: TextedData | undefined;
  #drawn: DrawnData | undefined;
  #handle: SessionHandle | undefined;
  /** A snapshot of the object's data at the last look, and its text. */
  #seen: { readonly snapshot: Snapshot; readonly text: string } | undefined;
  readonly #notes = new Set<Noted>();
  #initialText = '{}';
  #isUnique = false;
  #isReplaced = false;
  /** What this request has stored so far: each time the text before and after. */
  #stored: (readonly [before: string, after: string])[] = [];
  #isEnded = false;

  constructor(runtime: Runtime, host: SessionHost, loaded: TextedData | undefined, drawn: DrawnData | undefined) {
    this.#runtime = runtime;
    this.#host = host;
    this.#loaded = loaded;
    this.#drawn = drawn;
  }

  /** The text of a new session's initial data. */
  get initialText(): string {
    return this.#initialText;
  }

  /** Whether a handler has seen initial data that no other request would see unless it is stored. */
  get isUnique(): boolean {
    return this.#isUnique;
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

  /** Leaves the current object as a read-only snapshot of its data; another takes its place. */
  detach(): void {
    const old = this.handle;
    this.#seen = undefined;
    this.#handle = this.#runtime.createHandle(this.#host);
    fillHandle(this.#handle, { ...old });
    freezeHandle(old);
  }

  /** The fields as they are now, by which to tell later what the handler has changed since. Kept up to date until it is `dropped`. */
  note(): Fields {
    const noted: Noted = { ...(this.handle as object) };
    this.#notes.add(noted);
    return noted;
  }

  /** Nobody will ask any more what has changed since then. */
  drop(noted: Fields): void {
    this.#notes.delete(noted as Noted);
  }

  /**
   * Replaces the data, but for what the handler has changed since it was `noted`, while the store was asked; once the session has ended, there is
   * nobody to show it to.
   */
  fill(fields: object, noted?: Fields): void {
    if (this.#isEnded) return;
    const put = noted === undefined ? fields : keepLater(fields, noted, { ...(this.handle as object) });
    this.#change(() => fillHandle(this.handle, put));
    this.#isReplaced = false;
  }

  /** Replaces the data on the handler's behalf: all of it is then its own, and what is noted does not follow. */
  replace(fields: object): void {
    fillHandle(this.handle, fields);
    this.#isReplaced = true;
  }

  /** Puts a new session's data in place: the initial data, overridden by `fields`. */
  begin(initial: DrawnData, fields: object, noted: Fields): void {
    this.#stored = [];
    this.fill({ ...this.#takeInitial(initial), ...fields }, noted);
  }

  /** Notes that what this request has made of `before` has been stored. */
  noteStored(before: string, after: string): void {
    this.#stored.push([before, after]);
  }

  /** Takes the data away and makes writing to the object throw. */
  end(): void {
    this.#isEnded = true;
    if (this.#handle !== undefined) endHandle(this.#handle);
  }

  /** The data's text, if it differs from `base`. */
  changedText(base: string): string | undefined {
    if (this.#handle === undefined || this.#isEnded) return undefined;
    const text = this.#textOf(this.#handle);
    return text === base ? undefined : text;
  }

  /** As `changedText`; throws if the data may not be stored. */
  checkedText(base: string): Awaitable<string | undefined> {
    const text = this.changedText(base);
    if (text !== undefined)
      return chain(this.#runtime.data.check(this.handle, text, this.#seen !== undefined), () => text);
    // A function or a `Set` may have been written and have left no trace in the text.
    if (this.wasHandedOut && !this.#isEnded && this.#seen === undefined) this.#runtime.data.assertCarried(this.handle);
    return undefined;
  }

  /** A new session's data, overridden by what this request has made of `base`; after `replace`, the latter alone. */
  ownOn(initial: DrawnData, base: string): object {
    if (this.#isReplaced) return { ...this.handle };
    const { data } = this.#runtime;
    const changes = [...this.#stored, [base, this.#textOf(this.handle)] as const];
    // What others have put in the place of what was stored, and a reload or a merge has brought, is not this request's.
    const own = changes
      .flatMap(([before, after]) => data.diff(before, after))
      .filter(({ key, after }) => data.isSame(valueAt(this.handle, key), after));
    return this.keepOn(
      initial,
      own.map(({ key }) => key),
    );
  }

  /** A new session's data, overridden by the fields named in `keep`. */
  keepOn(initial: DrawnData, keep: readonly string[]): object {
    return { ...initial.data, ...this.pick(keep) };
  }

  /** The fields with these names. */
  pick(keys: readonly string[]): Record<string, unknown> {
    const wanted = new Set(keys);
    return Object.fromEntries(Object.entries(this.handle).filter(([key]) => wanted.has(key)));
  }

  /**
   * Shows the handler what a merge made of `sent`, except for keys it has changed again since: those are left to the next write. `values` are
   * the data in `merged`. Returns the text that the object now matches, and whether that is behind `merged`.
   */
  takeMerged(sent: string, merged: string, values: object): { readonly baseText: string; readonly isBehind: boolean } {
    const { data } = this.#runtime;
    const added = data.diff(sent, merged);
    const taken = added.filter(({ key, before }) => data.isSame(valueAt(this.handle, key), before));
    this.#change(() => {
      for (const change of taken) applyChange(this.handle, { ...change, after: valueAt(values, change.key) });
    });
    if (taken.length > 0) this.#isReplaced = false;
    return { baseText: data.patch(sent, taken), isBehind: taken.length < added.length };
  }

  /** Changes the object on the session's behalf: what is noted of it follows, where the handler has left it alone. */
  #change(act: () => void): void {
    const before: Noted = this.#notes.size > 0 ? { ...(this.handle as object) } : {};
    act();
    for (const noted of this.#notes) followChanges(noted, before, { ...(this.handle as object) });
  }

  #createHandle(): SessionHandle {
    const handle = this.#runtime.createHandle(this.#host);
    const data = this.#loaded?.data ?? this.#takeInitial(this.#drawn ?? this.#runtime.data.initial.drawNow());
    // It holds nothing yet, and its prototype refuses reserved names.
    Object.assign(handle, data);
    if (this.#loaded?.hasDrawn !== true) this.#see(handle, this.#loaded?.text ?? this.#initialText);
    this.#loaded = undefined;
    this.#drawn = undefined;
    if (this.#isEnded) endHandle(handle);
    return handle;
  }

  /** The text of the object's data, which is written again only if it has changed since the last look. */
  #textOf(handle: SessionHandle): string {
    if (this.#seen !== undefined && isUnchanged(this.#seen.snapshot)) return this.#seen.text;
    const text = this.#runtime.data.textOf(handle);
    this.#see(handle, text);
    return text;
  }

  #see(handle: SessionHandle, text: string): void {
    const snapshot = this.#runtime.data.snapshot(handle);
    this.#seen = snapshot && { snapshot, text };
  }

  #takeInitial({ data, text, isUnique }: DrawnData): object {
    this.#initialText = text;
    this.#isUnique = isUnique;
    return data;
  }
}

/** The fields of the data at one moment. */
export type Fields = Readonly<Record<string, unknown>>;

type Noted = Record<string, unknown>;

/** `fields`, and in front of them what has changed between `before` and `after`. */
function keepLater(fields: object, before: Fields, after: Fields): object {
  const kept: Noted = { ...fields };
  for (const key of Object.keys({ ...before, ...after })) {
    if (!hasSame(before, after, key)) copyField(key, after, kept);
  }
  return kept;
}

/** Makes a change from `before` to `after` in `noted` too, but for the fields that differed already. */
function followChanges(noted: Noted, before: Fields, after: Fields): void {
  for (const key of Object.keys({ ...before, ...after })) {
    if (hasSame(noted, before, key)) copyField(key, after, noted);
  }
}

function hasSame(a: Fields, b: Fields, key: string): boolean {
  return Object.hasOwn(a, key) === Object.hasOwn(b, key) && Object.is(a[key], b[key]);
}

function copyField(key: string, from: Fields, to: Noted): void {
  if (Object.hasOwn(from, key)) to[key] = from[key];
  else Reflect.deleteProperty(to, key);
}
