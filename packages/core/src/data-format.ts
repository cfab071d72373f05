import { type Codec, jsonCodec } from './codec.js';
import { configError, SessError } from './errors.js';
import type { MergeConflict } from './events.js';
import { chain, type Flow, isPromiseLike, run, wait } from './flow.js';
import { type MergeInput, type MergeRules, mergeData, valueAt } from './merge.js';
import { type Schema, type Verdict, validate } from './schema.js';
import { isReserved } from './session-handle.js';
import type { Awaitable } from './store.js';

type Data = Record<string, unknown>;

/** Data, and the text by which a change of them is noticed. */
export interface TextedData {
  readonly data: Data;
  readonly text: string;
}

/** One key's value before and after. */
export interface FieldChange {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The options that say what a session's data are. */
export interface DataOptions {
  readonly codec: Codec;
  readonly schema: Schema | undefined;
  readonly initial: object | (() => object) | undefined;
  readonly merge: MergeRules<Data>;
}

/** The way of a session's data from the store to the handler and back: parsed, validated, merged, written. */
export class DataFormat {
  /** Resolves once the initial data are known to be good; only a schema that answers with promises makes one wait. */
  readonly ready: Awaitable<void>;

  readonly #options: DataOptions;
  #initialText = '{}';

  /** Throws a configuration error if the schema refuses the initial data. */
  constructor(options: DataOptions) {
    this.#options = options;
    this.ready = run(this.#prepareInitial());
    // Whoever opens a session is told; nobody may be there to be told now.
    if (this.ready !== undefined) Promise.resolve(this.ready).catch(() => {});
  }

  /** The data of a session that is new, each time fresh. */
  createInitial(): TextedData {
    const { initial, codec } = this.#options;
    if (typeof initial === 'function') {
      const data = { ...initial() };
      return { data, text: this.textOf(data) };
    }
    const text = this.#initialTextAnew();
    return { data: text === '{}' ? {} : (codec.parse(text) as Data), text };
  }

  /** Parses and validates a record's data; `corrupt` or `schema` if a handler must not see them. */
  load(stored: string): Awaitable<TextedData | 'corrupt' | 'schema'> {
    const data = this.#parse(stored);
    if (data === undefined) return 'corrupt';
    const { schema } = this.#options;
    if (schema === undefined) return { data, text: stored };
    return chain(validate(schema, data), (verdict) => {
      if ('issues' in verdict) return 'schema';
      const value = { ...verdict.value };
      return { data: value, text: this.textOf(value) };
    });
  }

  /** The text of data; throws `ERR_SESS_DATA` if they have none, as with a bigint or a cycle in JSON. */
  textOf(data: object): string {
    try {
      return this.#options.codec.stringify(this.#plain(data));
    } catch (error) {
      throw dataError([messageOf(error)], error);
    }
  }

  /** Throws `ERR_SESS_DATA` unless the data may be stored: the codec carries them and the schema accepts them. */
  check(data: object): Awaitable<void> {
    const { codec, schema } = this.#options;
    try {
      codec.check?.(this.#plain(data));
    } catch (error) {
      throw dataError([messageOf(error)], error);
    }
    return schema && chain(validate(schema, { ...data }), (verdict) => assertAccepted(verdict, data));
  }

  /**
   * Joins what this request made of `base` with what is stored now. All three are texts, as loaded, changed here, and stored meanwhile.
   * `undefined` if the stored data cannot be read. Throws `ERR_SESS_CONFLICT` by rule, `ERR_SESS_DATA` if the result is not acceptable.
   */
  *merge(
    base: string,
    mine: string,
    stored: string,
  ): Flow<(TextedData & { conflicts: readonly MergeConflict[] }) | undefined> {
    const theirs = yield* wait(this.load(stored));
    if (typeof theirs === 'string') return undefined;
    const { codec, merge } = this.#options;
    const input: MergeInput = { base: codec.parse(base) as Data, mine: codec.parse(mine) as Data, theirs: theirs.data };
    const { data, conflicts } = mergeData(input, merge, (value) => this.#textOfValue(value));
    yield* wait(this.check(data));
    return { data, text: this.textOf(data), conflicts };
  }

  /** The keys by which two texts differ, with both values; `undefined` stands for an absent key. */
  diff(beforeText: string, afterText: string): readonly FieldChange[] {
    const { codec } = this.#options;
    const [before, after] = [codec.parse(beforeText) as Data, codec.parse(afterText) as Data];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .map((key) => ({ key, before: valueAt(before, key), after: valueAt(after, key) }))
      .filter((change) => !this.isSame(change.before, change.after));
  }

  /** The text of the data in `text` once `changes` have been made to them. */
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

  /** A schema makes up its defaults each time: one such as `() => crypto.randomUUID()` is to differ from session to session. */
  #initialTextAnew(): string {
    const { initial, schema } = this.#options;
    // A schema that answers with promises cannot be waited for here: what it said at construction holds.
    if (schema === undefined || initial !== undefined || isPromiseLike(this.ready)) return this.#initialText;
    const verdict = validate(schema, {});
    if (isPromiseLike(verdict)) return this.#initialText;
    if ('issues' in verdict) throw dataError(verdict.issues, verdict.cause);
    return this.textOf(verdict.value);
  }

  *#prepareInitial(): Flow<void> {
    const { initial, schema, codec } = this.#options;
    const sample = typeof initial === 'function' ? initial() : (initial ?? {});
    const value = schema === undefined ? sample : yield* this.#validateInitial(schema, sample);
    for (const key of Object.keys(value)) {
      if (!isReserved(key)) continue;
      const origin = Object.hasOwn(sample, key) ? 'initial' : 'schema';
      throw configError(`${origin}: the name of the field ${key} is reserved by Session; choose another.`);
    }
    try {
      codec.check?.(value);
      this.#initialText = codec.stringify(value);
    } catch (error) {
      throw configError(
        `A new session's data cannot be stored: ${messageOf(error)}. Change them, or give a codec that carries them.`,
      );
    }
  }

  *#validateInitial(schema: Schema, sample: object): Flow<object> {
    const verdict = yield* wait(validate(schema, sample));
    if ('value' in verdict) return verdict.value;
    const refused = this.#options.initial === undefined ? 'an empty session: give `initial`' : '`initial`';
    throw configError(`The schema refuses ${refused}. ${verdict.issues.join('; ')}`);
  }
}

/** Makes one change to an object that holds data. */
export function applyChange(data: object, { key, after }: FieldChange): void {
  if (after === undefined) Reflect.deleteProperty(data, key);
  else (data as Data)[key] = after;
}

/** A schema that leaves a field out without a word would lose it at the next load. */
function assertAccepted(verdict: Verdict, data: object): void {
  if ('issues' in verdict) throw dataError(verdict.issues, verdict.cause);
  const dropped = Object.keys(data).filter((key) => !Object.hasOwn(verdict.value, key));
  if (dropped.length > 0) throw dataError(dropped.map((key) => `session.${key}: not in the schema`));
}

function dataError(issues: readonly string[], cause?: unknown): SessError<'ERR_SESS_DATA'> {
  return new SessError('ERR_SESS_DATA', `The session was not stored. ${issues.join('; ')}`, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
