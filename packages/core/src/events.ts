import { isPromiseLike } from './flow.js';

/** Why a session was not opened, or a commit not carried out. */
export type RefusalReason =
  /** The cookie is not a token. */
  | 'malformed'
  /** The signature is missing or not ours. */
  | 'forged'
  /** The store has no such session: never made, destroyed, or expired and removed. */
  | 'unknown'
  /** The session has expired. */
  | 'expired'
  /** The id is right but the secret is not: outdated by a login or a rotation, or guessed. */
  | 'superseded'
  /** A secret was shown after it had been replaced and its grace had passed; the session is ended. */
  | 'reused'
  /** The schema does not accept the data. */
  | 'schema'
  /** The record is damaged, foreign, or of a later version of Sess. It is left as it is. */
  | 'corrupt'
  /** The session was destroyed while this request was using it. */
  | 'gone';

/** What ended a session. */
export type DestroyedBy = 'destroy' | 'regenerate' | 'login' | 'revoke' | 'revokeAll' | 'limit' | 'reuse';

/** A key that two requests changed concurrently, and the rule applied. */
export interface MergeConflict {
  readonly key: string;
  readonly rule: 'last' | 'counter' | 'union' | 'max' | 'reject' | 'function';
}

/** The events, by name. Nothing in an event gives access to a session (S1). */
export interface SessionEvents {
  /** A session was stored for the first time. */
  created: { readonly id: string; readonly subject: string | undefined };
  /** A request opened an existing session. */
  loaded: { readonly id: string; readonly subject: string | undefined };
  /** A session's life was extended, to `expiresAt` (epoch ms). */
  touched: { readonly id: string; readonly expiresAt: number };
  /** A session's changes were stored. */
  committed: { readonly id: string; readonly version: number };
  /**
   * Two requests changed the same keys; the rules decided. Emitted once that is stored, or may have been (the store did not say); it
   * may then be emitted again for the same keys.
   */
  conflict: { readonly id: string; readonly keys: readonly MergeConflict[] };
  /** A session was given a new secret. */
  rotated: { readonly id: string };
  /** A session now belongs to a user who has just proved who they are. */
  login: { readonly id: string; readonly subject: string };
  /** A session was ended. */
  destroyed: { readonly id: string; readonly by: DestroyedBy };
  /** A request came with an expired session. */
  expired: { readonly id: string };
  /** A request's cookie opened no session (`open`), or its changes were dropped because the session had ended (`commit`). */
  refused: { readonly id: string | undefined; readonly reason: RefusalReason; readonly at: 'open' | 'commit' };
  /** A cookie could not be sent as configured, or was sent less securely than possible; `remedy` says what to do. */
  insecure: { readonly problem: 'secure-cookie-over-http' | 'proxy-not-trusted'; readonly remedy: string };
  /** Something failed. The caller, if there was one, may have been told as well. */
  error: { readonly error: unknown };
}

/** The names of all events. */
export const eventNames = [
  'created',
  'loaded',
  'touched',
  'committed',
  'conflict',
  'rotated',
  'login',
  'destroyed',
  'expired',
  'refused',
  'insecure',
  'error',
] as const satisfies readonly (keyof SessionEvents)[];

/** Called with each event. What it throws does not reach the session. */
export type SessionListener<Name extends keyof SessionEvents> = (event: SessionEvents[Name]) => unknown;

/** Called with every event, to forward it elsewhere. */
export type SessionObserver = <Name extends keyof SessionEvents>(name: Name, event: SessionEvents[Name]) => void;

type Listeners = { [Name in keyof SessionEvents]?: SessionListener<Name>[] };

/** Delivers events to listeners, none of which can disturb a session or another listener. */
export class EventHub {
  readonly #listeners: Listeners = {};
  readonly #observers: SessionObserver[] = [];

  /** Calls `listener` with every event called `name` from now on; the returned function stops that. */
  on<Name extends keyof SessionEvents>(name: Name, listener: SessionListener<Name>): () => void {
    const before: readonly SessionListener<Name>[] = this.#listeners[name] ?? [];
    // A new function for each call, so that a listener added twice can be removed once.
    const mine: SessionListener<Name> = (event) => listener(event);
    // A new array each time: an event under way is delivered to those who were listening when it began.
    this.#set(name, [...before, mine]);
    return () =>
      this.#set(
        name,
        (this.#listeners[name] ?? []).filter((other) => other !== mine),
      );
  }

  /** Calls `observer`, which must not throw, with every event. It does not count as a listener. */
  observe(observer: SessionObserver): void {
    this.#observers.push(observer);
  }

  /** Calls the listeners in the order they were added. Never throws. */
  emit<Name extends keyof SessionEvents>(name: Name, event: SessionEvents[Name]): void {
    for (const observer of this.#observers) observer(name, event);
    const listeners: readonly SessionListener<Name>[] | undefined = this.#listeners[name];
    if (listeners === undefined) return;
    for (const listener of listeners) this.#tell(name, listener, event);
  }

  /** Whether `name` has listeners. */
  has(name: keyof SessionEvents): boolean {
    return (this.#listeners[name]?.length ?? 0) > 0;
  }

  #set<Name extends keyof SessionEvents>(name: Name, listeners: SessionListener<Name>[]): void {
    (this.#listeners as Record<Name, SessionListener<Name>[]>)[name] = listeners;
  }

  #tell<Name extends keyof SessionEvents>(
    name: Name,
    listener: SessionListener<Name>,
    event: SessionEvents[Name],
  ): void {
    try {
      const answer = listener(event);
      if (isPromiseLike(answer)) answer.then(undefined, (error: unknown) => this.#fail(name, error));
    } catch (error) {
      this.#fail(name, error);
    }
  }

  #fail(name: keyof SessionEvents, error: unknown): void {
    // When a listener of `error` itself fails, nobody is left to tell.
    if (name !== 'error') this.emit('error', { error });
  }
}
