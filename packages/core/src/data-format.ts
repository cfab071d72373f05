import { jsonCodec } from './codec.js';
import { dataError, messageOf } from './data-errors.js';
import { SessError } from './errors.js';
import type { MergeConflict } from './events.js';
import { hasMore, validateStored } from './fixed-point.js';
import { chain, type Flow, wait } from './flow.js';
import { InitialData, type InitialOptions } from './initial-data.js';
import { incompatibleError, type MergeInput, type MergeRules, mergeData, valueAt } from './merge.js';
import { type Schema, validate } from './schema.js';
import { isReserved } from './session-handle.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';
import type { Awaitable } from './store.js';

type Data = Record<string, unknown>;

/** Data, and the text by which changes to them are detected. */
export interface TextedData {
  readonly data: Data;
  readonly text: string;
  /** Whether the schema has generated data that the text does not hold. */
  readonly hasDrawn?: true;
}

/** One key's value before and after. */
export interface FieldChange {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The options that define a session's data. */
export interface DataOptions extends InitialOptions {
  readonly merge: MergeRules<Data>;
}

/** The path of a session's data from store to handler and back: parsed, validated, merged, written. */
export class DataFormat {
  /** What new sessions begin with. */
  readonly initial: InitialData;
  readonly #options: DataOptions;

  /** Throws a configuration error if the schema refuses the initial data. */
  constructor(options: DataOptions) {
    this.#options = options;
    this.initial = new InitialData(options);
  }

  /** Parses and validates a record's data; `corrupt` or `schema` if a handler must not see it. */
  load(stored: string): Awaitable<TextedData | 'corrupt' | 'schema'> {
    const data = this.#parse(stored);
    if (data === undefined) return 'corrupt';
    const { schema } = this.#options;
    if (schema === undefined) return { data, text: stored };
    return chain(validate(schema, data), (verdict) =>
      'issues' in verdict ? 'schema' : this.#take(schema, stored, { ...verdict.value }),
    );
  }

  /** What the schema has made of stored data; `schema` if the codec cannot write that, and so could not store it again. */
  #take(schema: Schema, stored: string, data: Data): Awaitable<TextedData | 'schema'> {
    try {
      const text = this.textOf(data);
      this.assertCarried(data);
      if (text === stored) return { data, text };
      return chain(this.#copy(schema, text), (own) => this.#withoutDrawn(schema, stored, { data: own, text }));
    } catch (error) {
      if (SessError.is(error, 'ERR_SESS_DATA')) return 'schema';
      throw error;
    }
  }

  /**
   * The data in `text`, in objects of their own: a `Date` or a `Map` that a schema fills in, which `validate` does not copy, may be one for all
   * sessions, and a handler that changed it would show its visitor's data to everybody.
   */
  #copy(schema: Schema, text: string): Awaitable<Data> {
    const { codec } = this.#options;
    return chain(validate(schema, codec.parse(text)), (verdict) =>
      'issues' in verdict ? (codec.parse(text) as Data) : { ...verdict.value },
    );
  }

  /** The text of data; throws `ERR_SESS_DATA` if it has none, as with a bigint or a cycle in JSON. */
  textOf(data: object): string {
    try {
      return this.#options.codec.stringify(this.#plain(data));
    } catch (error) {
      throw dataError([messageOf(error)], error);
    }
  }

  /** A snapshot of data that JSON carries whole, from which to tell cheaply that its text is still the same. */
  snapshot(data: object): Snapshot | undefined {
    return this.#options.codec === jsonCodec ? takeSnapshot(data) : undefined;
  }

  /**
   * Throws `ERR_SESS_DATA` unless the data may be stored: the codec carries it (`isCarried`: a snapshot has shown that), and the
   * schema accepts it as it stands in `text`.
   */
  check(data: object, text = this.textOf(data), isCarried = false): Awaitable<void> {
    if (!isCarried) this.assertCarried(data);
    return chain(this.#findRefusal(text, data), (refusal) => {
      if (refusal !== undefined) throw refusal;
    });
  }

  /**
   * Merges what this request made of `base` with what is stored now. All three are texts: as loaded, changed here, and stored meanwhile.
   * `corrupt` or `schema` if the stored data cannot be read. Throws `ERR_SESS_CONFLICT` by rule, and if the schema does not accept the two
   * changes together.
   */
  *merge(
    base: string,
    mine: string,
    stored: string,
  ): Flow<(TextedData & { conflicts: readonly MergeConflict[] }) | 'corrupt' | 'schema'> {
    const theirs = yield* wait(this.load(stored));
    if (typeof theirs === 'string') return theirs;
    const input: MergeInput = {
      base: yield* wait(this.read(base)),
      mine: yield* wait(this.read(mine)),
      theirs: yield* wait(this.read(theirs.text)),
    };
    const { data, conflicts } = mergeData(input, this.#options.merge, (value) => this.#textOfValue(value));
    const text = this.textOf(data);
    this.assertCarried(data);
    const refusal = yield* wait(this.#findRefusal(text));
    if (refusal !== undefined) throw incompatibleError(refusal);
    return { data, text, conflicts };
  }

  /** The data in `text`, which has been valid, as handlers see it: what the schema makes of it, without what it would add. */
  read(text: string): Awaitable<Data> {
    const { schema, codec } = this.#options;
    const data = codec.parse(text) as Data;
    if (schema === undefined) return data;
    const keys = Object.keys(data);
    return chain(validate(schema, data), (verdict) => {
      if ('issues' in verdict) throw dataError(verdict.issues, verdict.cause);
      return Object.fromEntries(keys.map((key) => [key, valueAt(verdict.value, key)]));
    });
  }

  /** The keys in which two texts differ, with both values; `undefined` stands for an absent key. */
  diff(beforeText: string, afterText: string): readonly FieldChange[] {
    const { codec } = this.#options;
    const [before, after] = [codec.parse(beforeText) as Data, codec.parse(afterText) as Data];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .map((key) => ({ key, before: valueAt(before, key), after: valueAt(after, key) }))
      .filter((change) => !this.isSame(change.before, change.after));
  }

  /** The text of the data in `text` once `changes` have been made to it. */
  patch(text: string, changes: readonly FieldChange[]): string {
    const data = this.#options.codec.parse(text) as Data;
    for (const change of changes) applyChange(data, change);
    return this.textOf(data);
  }

  /** Whether two values are written as the same text. */
  isSame(a: unknown, b: unknown): boolean {
    return this.#textOfValue(a) === this.#textOfValue(b);
  }

  /** What a codec can take: JSON sees only the data of a session's handle, others want a plain object. */
  #plain(data: object): object {
    return this.#options.codec === jsonCodec ? data : { ...data };
  }

  #textOfValue(value: unknown): string | undefined {
    return value === undefined ? undefined : this.#options.codec.stringify({ value });
  }

  #parse(stored: string): Data | undefined {
    try {
      const data = this.#options.codec.parse(stored);
      if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
      return Object.keys(data).some(isReserved) ? undefined : (data as Data);
    } catch {
      return undefined;
    }
  }

  /**
   * What the schema fills in where nothing is stored may be generated, such as a token or a time. That does not count as loaded: once it has
   * been seen, it is stored.
   */
  #withoutDrawn(schema: Schema, stored: string, { data, text }: TextedData): Awaitable<TextedData> {
    const { codec } = this.#options;
    const before = codec.parse(stored) as Data;
    if (!hasMore(codec, before, data)) return { data, text };
    return chain(validate(schema, this.#parse(stored)), (again) => {
      if ('issues' in again) return { data, text };
      const { defaults } = this.initial;
      const differs = (key: string, other: object) =>
        Object.hasOwn(other, key) && !this.isSame(data[key], valueAt(other, key));
      const loaded = Object.entries(data).filter(
        ([key]) => !differs(key, again.value) && (Object.hasOwn(before, key) || !differs(key, defaults)),
      );
      return { data, text: this.textOf(Object.fromEntries(loaded)), hasDrawn: true };
    });
  }

  /** Throws `ERR_SESS_DATA` unless the codec carries the data. */
  assertCarried(data: object): void {
    try {
      this.#options.codec.check?.(this.#plain(data));
    } catch (error) {
      throw dataError([`${messageOf(error)}; choose another type, or give session() a codec`], error);
    }
  }

  /** Why data with this text must not be stored, if the schema refuses it. */
  #findRefusal(text: string, source?: object): Awaitable<SessError | undefined> {
    const { schema, codec } = this.#options;
    if (schema === undefined) return undefined;
    return chain(validateStored(schema, codec, text, source), (verdict) =>
      'issues' in verdict ? dataError(verdict.issues, verdict.cause) : undefined,
    );
  }
}

/** Makes one change to an object that holds data. */
export function applyChange(data: object, { key, after }: FieldChange): void {
  if (after === undefined) Reflect.deleteProperty(data, key);
  else (data as Data)[key] = after;
}
