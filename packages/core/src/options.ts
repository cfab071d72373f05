import type { Clock } from './clock.js';
import type { Codec } from './codec.js';
import type { CookieOptions } from './cookie/cookie-options.js';
import type { Digest } from './digest.js';
import type { Duration } from './duration.js';
import type { ExpiryOptions, RememberOptions } from './expiry.js';
import type { MergeRules } from './merge.js';
import type { Schema } from './schema.js';
import type { FieldsJsonLoses, ReservedKey, SessionData, UntypedData } from './session.js';
import type { SessionHandle, SessionHost } from './session-handle.js';
import type { SessionStore } from './store.js';

/** The options of a session manager whose sessions hold data of type `T`. */
export interface SessionOptions<T extends object = UntypedData> extends ExpiryOptions {
  /** Where sessions are kept. */
  readonly store: SessionStore;
  /**
   * The key that signs cookies, or several: the first signs, all verify. Optional, since a token cannot be guessed; with it, forged
   * cookies are refused without asking the store. `undefined` is refused: it is usually a missing environment variable.
   */
  readonly secret?: string | readonly string[];
  /** The data of a new session. Default: none, or what the schema makes of an empty object. */
  readonly initial?: T | (() => T);
  readonly cookie?: CookieOptions;
  /** How data becomes text and back. Default: JSON. */
  readonly codec?: Codec;
  /** How to merge a key that two requests changed concurrently. Default: `'last'` for each. */
  readonly merge?: MergeRules<T>;
  /**
   * Lets `login(subject, { remember: true })` begin a session with these limits, and with a cookie that outlives the browser's window.
   * `{}`: 14 days unused, 90 days at most. Default: nobody is remembered, and such a login fails.
   */
  readonly remember?: RememberOptions;
  /** How often a session gets a new secret by itself. Default: `false`, only by `login` and `rotate`. */
  readonly rotateEvery?: Duration | false;
  /** How long a replaced secret still works once the browser has shown the new one. Default `'30s'`. */
  readonly rotateGrace?: Duration;
  /**
   * How many sessions a subject may have. A login beyond that ends the session that logged in longest ago, or is denied.
   * Needs a store with a subject index. Default: no limit.
   */
  readonly maxPerSubject?: number | { readonly max: number; readonly onLimit: 'evict' | 'deny' };
  /** How long the store may take to answer. Default `'5s'`. */
  readonly storeTimeout?: Duration;
  /**
   * What happens when the store cannot be read. `'throw'`, the default: the request fails. `'anonymous'`: it goes on without its
   * session, and fails only if it writes to one.
   */
  readonly onStoreError?: 'throw' | 'anonymous';
  /** What a logout asks the browser to forget besides the cookie, as a `Clear-Site-Data` header. Default: nothing. */
  readonly clearSiteData?: readonly ('cache' | 'cookies' | 'storage' | '*')[];
  /** How often creating a session also removes some expired ones, in a store that needs it. Default `'1m'`; `false`: never. */
  readonly sweepEvery?: Duration | false;
  /** The source of time. Default: the machine's clock, guarded against running backwards. */
  readonly clock?: Clock;
}

/** What an adapter may set besides the user's options. */
export interface AdapterOptions {
  /** The names of the adapter's own options. */
  readonly optionNames?: readonly string[];
  /** Hashing that is faster than the Web Crypto API's. */
  readonly digest?: Digest;
  /** Reads the framework's keys when the first cookie is received or sent, if the user has given no `secret`. */
  readonly readFallbackKeys?: () => string | readonly string[] | undefined;
  /** How to tell the framework that it is behind a proxy that ends TLS, a sentence: for the event about a cookie that could not be sent. */
  readonly trustRemedy?: string;
  /** Makes the object that handlers hold, in place of a plain `SessionHandle`. */
  readonly createHandle?: (host: SessionHost) => SessionHandle;
}

/** The data type that a schema or, without one, a type parameter gives. */
export type DataOf<T extends object, S> = S extends Schema<infer Output> ? Output : AsGiven<T>;

/** `T`, of which nothing is guessed from `initial`: an empty list there does not say what will be in it. */
type AsGiven<T> = [T][T extends unknown ? 0 : never];

/**
 * The options of a function that infers the data's type from a schema or is given it as the type parameter `T`. `Base` are the
 * options of the function itself.
 */
export type TypedOptions<T extends object, S extends Schema | undefined, Base = SessionOptions<DataOf<T, S>>> = Base &
  SchemaOption<S> &
  CheckNames<DataOf<T, S>> &
  CheckJson<FieldsJsonLoses<DataOf<T, S>>> &
  CheckInitial<T, S>;

interface SchemaOption<S> {
  /** Any Standard Schema (Zod, Valibot, ArkType …). It types the session and runs on every load and before every write. */
  readonly schema?: [S] extends [undefined] ? SchemaBesideTypeParameter | undefined : S;
}

/** A type parameter has been given, and so no type is taken from the schema. */
interface SchemaBesideTypeParameter extends Schema {
  readonly '~leave out the type parameter: the schema types the data': never;
}

type CheckNames<D> =
  D extends SessionData<D> ? unknown : { readonly schema: SchemaWithReservedName<ReservedFields<D>> };

type ReservedFields<D> = D extends unknown
  ? Extract<keyof { [K in keyof D as K extends ReservedKey ? K : never]: unknown }, ReservedKey>
  : never;

/** The schema has a field with a name that the session itself has: `id`, `save`, `destroy` … */
type SchemaWithReservedName<Fields extends string> = {
  readonly [K in Fields as `~the name of the field ${K} is reserved by Session`]: never;
};

/** Without a schema, only `initial` can say what a new session holds in the fields that its type requires. */
type CheckInitial<T extends object, S> = S extends Schema
  ? unknown
  : Record<never, never> extends T
    ? unknown
    : NewSessionLacks<RequiredFields<T>>;

type RequiredFields<T> = T extends unknown
  ? keyof { [K in keyof T as Record<never, never> extends Pick<T, K> ? never : K]: unknown }
  : never;

/** Every session has the fields named here, so a new one needs them as well. */
interface NewSessionLacks<Fields> {
  /** Needed because the type has required fields. Alternatively, make them optional, or give a `schema` with defaults. */
  readonly initial: object & { readonly '~needed for'?: Fields };
}

type CheckJson<Lost> = [Lost] extends [never] ? unknown : JsonCannotCarry<Lost>;

/** JSON cannot carry the fields named here; a codec can. */
interface JsonCannotCarry<Fields> {
  /** Needed because of fields that JSON cannot carry, such as a `Date` or a `Map`. See devalue or superjson. */
  readonly codec: Codec & { readonly '~needed for'?: Fields };
}
