import type { Codec } from './codec.js';
import { dataError, messageOf } from './data-errors.js';
import { configError, type SessError } from './errors.js';
import { validateStored } from './fixed-point.js';
import { chain, type Flow, isPromiseLike, run, wait } from './flow.js';
import { type Schema, validate } from './schema.js';
import { isReserved } from './session-handle.js';
import type { Awaitable } from './store.js';

/** How a session begins. */
export interface InitialOptions {
  readonly codec: Codec;
  readonly schema: Schema | undefined;
  readonly initial: object | (() => object) | undefined;
}

/** The data of one new session. */
export interface DrawnData {
  readonly data: Record<string, unknown>;
  readonly text: string;
  /** Whether another session has begun, or may begin, with other data: this data must then be stored once anybody has seen it. */
  readonly isUnique: boolean;
}

/** What new sessions begin with. A function or a schema is called for each, since it may generate a token or a time. */
export class InitialData {
  /** Resolves once the initial data is known to be valid; a promise only if the schema returns promises. */
  readonly ready: Awaitable<void>;

  readonly #options: InitialOptions;
  /** Makes the schema's input; an object is copied, so that nobody can change it later. */
  #source: () => object = () => ({});
  #firstText = '{}';
  #defaults: object = {};
  #varies = false;

  /** Throws a configuration error if new sessions could not be stored, or the schema refuses them. */
  constructor(options: InitialOptions) {
    this.#options = options;
    this.ready = run(this.#prepare());
    // Reported when a session is opened; nobody may be there to handle it now.
    if (this.isAsync) Promise.resolve(this.ready).catch(() => {});
  }

  /** Whether the schema returns promises. */
  get isAsync(): boolean {
    return isPromiseLike(this.ready);
  }

  /** What the schema made up for a new session at construction, without the fields that it was given. */
  get defaults(): object {
    return this.#defaults;
  }

  /** The data of a new session. */
  draw(): Awaitable<DrawnData> {
    const { codec, schema, initial } = this.#options;
    if (schema !== undefined || typeof initial === 'function') return chain(this.#make(), (data) => this.#take(data));
    const text = this.#firstText;
    return { data: text === '{}' ? {} : (codec.parse(text) as DrawnData['data']), text, isUnique: false };
  }

  /** Like `draw`, but synchronous. */
  drawNow(): DrawnData {
    const drawn = this.draw();
    if (!isPromiseLike(drawn)) return drawn;
    drawn.then(undefined, () => {});
    throw dataError(['session: the schema answers with promises, which it did not at construction']);
  }

  #make(): Awaitable<object> {
    const source = this.#source();
    return this.#options.schema === undefined ? source : this.#validate(this.#options.schema, source);
  }

  #validate(schema: Schema, source: unknown): Awaitable<object> {
    return chain(validate(schema, source), (verdict) => {
      if ('issues' in verdict) throw dataError(verdict.issues, verdict.cause);
      return verdict.value;
    });
  }

  /** Through their text, so that nothing in them is shared, and a handler sees what the next request would find. */
  #take(made: object): Awaitable<DrawnData> {
    const { codec, schema } = this.#options;
    const text = this.#textOf(made, (problem) => dataError([problem]));
    this.#varies ||= text !== this.#firstText;
    const isUnique = this.#varies;
    const stored = codec.parse(text) as DrawnData['data'];
    if (schema === undefined) return { data: stored, text, isUnique };
    return chain(this.#validate(schema, stored), (data) => ({ data: { ...data }, text, isUnique }));
  }

  *#prepare(): Flow<void> {
    const { initial = {}, schema, codec } = this.#options;
    const isFunction = typeof initial === 'function';
    this.#source = isFunction ? () => assertObject('initial()', initial()) : () => assertObject('initial', initial);
    const source = this.#source();
    assertNames('initial', source);
    if (!isFunction) {
      const copy = this.#textOf(source, unfitError);
      this.#source = () => codec.parse(copy) as object;
    }
    const first = schema === undefined ? source : yield* this.#validateFirst(schema, source);
    assertNames('schema', first);
    this.#firstText = this.#textOf(first, unfitError);
    const made = Object.entries(codec.parse(this.#firstText) as object);
    this.#defaults = Object.fromEntries(made.filter(([key]) => !Object.hasOwn(source, key)));
    if (schema !== undefined) yield* this.#validateAgain(schema);
    yield* wait(this.draw());
  }

  #textOf(data: object, toError: (problem: string) => SessError): string {
    const { codec } = this.#options;
    try {
      codec.check?.(data);
      return codec.stringify({ ...data });
    } catch (error) {
      throw toError(messageOf(error));
    }
  }

  *#validateFirst(schema: Schema, source: object): Flow<object> {
    const verdict = yield* wait(validate(schema, source));
    if ('value' in verdict) return verdict.value;
    const refused = this.#options.initial === undefined ? 'an empty session: give `initial`' : '`initial`';
    throw configError(`The schema refuses ${refused}. ${verdict.issues.join('; ')}`);
  }

  /** The schema validates its own output at every load, and must not change it. */
  *#validateAgain(schema: Schema): Flow<void> {
    const verdict = yield* wait(validateStored(schema, this.#options.codec, this.#firstText));
    if ('value' in verdict) return;
    throw configError(
      "The schema does not take back what it has made of a new session's data, as it has to at every later request: let it accept its " +
        `own output and leave it as it is. ${verdict.issues.join('; ')}`,
    );
  }
}

function unfitError(problem: string): SessError {
  return configError(`A new session's data cannot be stored: ${problem}. Change it, or give a codec that carries it.`);
}

function assertObject(name: string, value: unknown): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isPromiseLike(value)) return value;
  throw configError(`${name} is ${nameKind(value)}; it takes an object, or a function that answers one.`);
}

function nameKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'a promise' : `a ${typeof value}`;
}

function assertNames(origin: 'initial' | 'schema', data: object): void {
  const key = Object.keys(data).find(isReserved);
  if (key === undefined) return;
  throw configError(`${origin}: the name of the field ${key} is reserved by Session; choose another.`);
}
