import type { JsonOf } from './json.js';

/**
 * A session as a handler holds it: the data as plain properties, and these verbs and facts.
 *
 * `JSON.stringify(session)`, `{ ...session }` and `Object.keys(session)` see only the data. Changes are stored when the response
 * is about to leave, before its first byte; no call is needed for that. A verb acts on the store before its promise
 * resolves. The response waits for a verb that is not awaited, and reports its failure.
 */
export type Session<T extends object = UntypedData> = T & SessionMembers<T>;

/** The data of a session that was given no type: any field, of unknown type. */
export type UntypedData = Record<string, unknown>;

/** What every session has besides its data. */
export interface SessionMembers<T extends object = UntypedData> {
  /** The session's public handle: safe to log, list and index, useless as a credential. A new session has one too. */
  readonly id: string;
  /** Whether the session was not in the store when the request came in. */
  readonly isNew: boolean;
  /** Whether the session has been ended, here or by another request. Writing to it then throws. */
  readonly isDestroyed: boolean;
  /** Who the session belongs to; `undefined` before the first `login`. */
  readonly subject: string | undefined;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Epoch ms of the last `login`; `undefined` before the first (ASVS 7.5.1). See `requireFresh`. */
  readonly authenticatedAt: number | undefined;
  /** Whether the last `login` asked for the session to be remembered, so that the limits of the option `remember` apply. */
  readonly isRemembered: boolean;
  /** Epoch ms: when the session ends unless another request follows this one. */
  readonly expiresAt: number;

  /** Stores the changes now. Also stores a new session that nothing was written to. */
  save(): Promise<void>;
  /** Reloads the data from the store; unsaved changes are dropped. */
  reload(): Promise<void>;
  /** Extends the session's life in the store now, whether or not it is due. Does not store a new session. */
  touch(): Promise<void>;
  /** Replaces all of the data, which is how a discriminated union changes its variant. Stored like any other change. */
  replace(data: T): void;
  /**
   * The user has proved to be `subject`: the session now belongs to them, gets a new secret and starts a new absolute period. The old cookie
   * no longer opens anything, and pending writes of earlier requests are refused. The data stays, unless the session
   * belonged to somebody else: then only what this request has written stays. The id stays too, except in that case and where the session
   * was remembered and is not to be any more. Rejects with `ERR_SESS_CONFIG`, without storing anything, if asked to remember the session
   * without the option `remember`.
   */
  login(subject: string, options?: LoginOptions): Promise<void>;
  /** Gives the session a new secret. The old cookie works until the browser shows the new one, and for a short grace after. */
  rotate(): Promise<void>;
  /** Ends this session and starts an empty one with a new id in its place; `keep` names the keys to carry over. */
  regenerate(options?: RegenerateOptions<T>): Promise<void>;
  /** Ends the session for good, in the store and in the browser. */
  destroy(): Promise<void>;
}

/** How long a session lives after a login. */
export interface LoginOptions {
  /**
   * `true`: by the limits of the option `remember`, with a cookie that outlives the browser's window. Absent or `false`: by the ordinary
   * ones, even if an earlier login had the session remembered. To log in again without changing that, pass `session.isRemembered`.
   */
  readonly remember?: boolean;
}

/** The names of all fields, those of every variant of a union. The common ones are known even of a type parameter. */
type KeyOfAny<T> = (keyof T & string) | (T extends unknown ? keyof T & string : never);

/** What to carry over into the new session. */
export interface RegenerateOptions<T> {
  readonly keep?: readonly KeyOfAny<T>[];
}

/** The names a data field cannot have, because the session itself has them. */
export const reservedKeys = [
  'id',
  'isNew',
  'isDestroyed',
  'subject',
  'createdAt',
  'authenticatedAt',
  'isRemembered',
  'expiresAt',
  'save',
  'reload',
  'touch',
  'replace',
  'login',
  'rotate',
  'regenerate',
  'destroy',
  '__proto__',
] as const satisfies readonly (keyof SessionMembers | '__proto__')[];

/** A name that a data field cannot have. */
export type ReservedKey = (typeof reservedKeys)[number];

/** `T`, with a sentence in place of the type of every field whose name is reserved. A data type must extend this. */
export type SessionData<T> = {
  [K in keyof T]: K extends ReservedKey ? 'This name is reserved by Session: choose another for the field' : T[K];
};

/** The fields of `T` that JSON cannot carry; `never` if it carries them all. */
export type FieldsJsonLoses<T> = T extends unknown
  ? keyof { [K in keyof T as T[K] extends JsonOf<T[K]> ? never : K]: unknown }
  : never;
