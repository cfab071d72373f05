import { SessError } from './errors.js';
import { type LoginOptions, reservedKeys } from './session.js';

/** What serves a session's verbs and facts: the exchange it belongs to. */
export interface SessionHost {
  readonly id: string;
  readonly isNew: boolean;
  readonly isEnded: boolean;
  readonly subject: string | undefined;
  readonly createdAt: number;
  readonly authenticatedAt: number | undefined;
  readonly isRemembered: boolean;
  readonly expiresAt: number;
  /** The time by the clock of the session's manager (epoch ms). */
  readonly now: number;
  save(): Promise<void>;
  reload(): Promise<void>;
  touch(): Promise<void>;
  replace(data: object): void;
  login(subject: string, options?: LoginOptions): Promise<void>;
  rotate(): Promise<void>;
  regenerate(options?: { readonly keep?: readonly string[] }): Promise<void>;
  destroy(): Promise<void>;
  /** Leaves the current object as a read-only snapshot of its data, and continues with another. */
  detachSession(options?: unknown): void;
}

/** The key under which a session tells the time by its own clock. A registered symbol, since there may be two copies of the core. */
export const sessionTime = Symbol.for('sess.time');

/** The object behind `Session<T>`. Data lives on it as own properties, everything else on its prototype. */
export class SessionHandle {
  readonly #host: SessionHost;

  constructor(host: SessionHost) {
    this.#host = host;
  }

  get id(): string {
    return this.#host.id;
  }
  get isNew(): boolean {
    return this.#host.isNew;
  }
  get isDestroyed(): boolean {
    return this.#host.isEnded;
  }
  get subject(): string | undefined {
    return this.#host.subject;
  }
  get createdAt(): number {
    return this.#host.createdAt;
  }
  get authenticatedAt(): number | undefined {
    return this.#host.authenticatedAt;
  }
  get isRemembered(): boolean {
    return this.#host.isRemembered;
  }
  get expiresAt(): number {
    return this.#host.expiresAt;
  }
  get [sessionTime](): number {
    return this.#host.now;
  }
  save(): Promise<void> {
    return this.#host.save();
  }
  reload(): Promise<void> {
    return this.#host.reload();
  }
  touch(): Promise<void> {
    return this.#host.touch();
  }
  replace(data: object): void {
    this.#host.replace(data);
  }
  login(subject: string, options?: LoginOptions): Promise<void> {
    return this.#host.login(subject, options);
  }
  rotate(): Promise<void> {
    return this.#host.rotate();
  }
  regenerate(options?: { readonly keep?: readonly string[] }): Promise<void> {
    return this.#host.regenerate(options);
  }
  destroy(): Promise<void> {
    return this.#host.destroy();
  }
}

const reserved: ReadonlySet<string> = new Set(reservedKeys);

/** Whether `key` is a reserved name. */
export function isReserved(key: string): boolean {
  return reserved.has(key);
}

/**
 * Makes the members of a handle class impossible to overwrite by an assignment such as `session.id = 7`, which would otherwise
 * shadow a method or, outside strict mode, silently do nothing.
 */
export function sealMembers(handleClass: { readonly prototype: SessionHandle }): void {
  const { prototype } = handleClass;
  for (const key of reservedKeys) {
    const member = Object.getOwnPropertyDescriptor(prototype, key);
    if (member === undefined && key !== '__proto__') continue;
    const get = member?.get ?? (() => member?.value as unknown);
    Object.defineProperty(prototype, key, { get, set: () => refuseReserved(key), configurable: true });
  }
}

function refuseReserved(key: string): never {
  throw new SessError('ERR_SESS_DATA', `session.${key} is reserved by Session; choose another name for the field.`);
}

sealMembers(SessionHandle);

/** Replaces the handle's data with `data`. Throws `ERR_SESS_DATA` for a reserved name, without changing anything. */
export function fillHandle(handle: SessionHandle, data: object): void {
  for (const key of Object.keys(data)) if (isReserved(key)) refuseReserved(key);
  // Taken before the handle is cleared: the data may be the handle itself.
  const fields = { ...data };
  clearHandle(handle);
  Object.assign(handle, fields);
}

function clearHandle(handle: SessionHandle): void {
  for (const key of Object.keys(handle)) Reflect.deleteProperty(handle, key);
}

/** Clears a handle whose session has ended, and makes writing to it throw. */
export function endHandle(handle: SessionHandle): void {
  clearHandle(handle);
  refuseWrites(
    handle,
    'the session has ended, here or by another request. Check session.isDestroyed first; the next request may begin a new one.',
  );
}

/** Turns a handle that has been replaced into a read-only snapshot of its data. */
export function freezeHandle(handle: SessionHandle): void {
  const problem = 'this object shows the session as it was. Set it on the one in its place, such as req.session.';
  // Outside strict mode, assigning to a frozen field silently does nothing; a setter that throws is noticed.
  for (const [key, value] of Object.entries(handle)) {
    const set = () => refuseWrite(key, problem);
    Object.defineProperty(handle, key, { get: () => value, set, enumerable: true, configurable: true });
  }
  refuseWrites(handle, problem);
  Object.freeze(handle);
}

/**
 * An assignment to a field that is not an own property goes to the prototype, so a prototype that refuses them all
 * makes every assignment throw, even outside strict mode, where a frozen object would ignore it.
 */
function refuseWrites(handle: SessionHandle, problem: string): void {
  if (!Object.isExtensible(handle)) return;
  const prototype: object = Object.getPrototypeOf(handle);
  const set = (_target: object, key: string | symbol) => refuseWrite(key, problem);
  Object.setPrototypeOf(handle, new Proxy(Object.create(prototype), { set }));
  Object.preventExtensions(handle);
}

function refuseWrite(key: string | symbol, problem: string): never {
  throw new SessError('ERR_SESS_ENDED', `session.${String(key)} cannot be set: ${problem}`);
}
