import type fc from 'fast-check';
import { show } from '../../show.js';
import type { Trial } from '../trial.js';
import type { Model } from './model.js';
import type { Call } from './worlds.js';

/** A call whose times are not known before it is made. */
export type PlannedCall =
  | {
      readonly method: 'create';
      readonly id: string;
      readonly subject?: string;
      readonly version: number;
      readonly life: number;
      readonly body: string;
    }
  | {
      readonly method: 'update';
      readonly id: string;
      readonly subject?: string;
      readonly version: number;
      readonly life: number;
      readonly body: string;
    }
  | { readonly method: 'touch'; readonly id: string; readonly life: number }
  | { readonly method: 'read' | 'destroy'; readonly id: string }
  | { readonly method: 'list'; readonly subject: string }
  | { readonly method: 'sweep'; readonly limit: number };

/** What a script consists of: fast-check's commands over the model and the store under test. */
export type ScriptStep = fc.AsyncCommand<Model, Trial>;

/** One call, compared with the model. */
export class CallStep implements ScriptStep {
  readonly #planned: PlannedCall;

  constructor(planned: PlannedCall) {
    this.#planned = planned;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, trial: Trial): Promise<void> {
    const call = planAt(this.#planned, trial.now());
    const wanted = (): string => {
      const answers = model.expected(call, trial.now());
      return answers.map((answer) => trial.show(answer)).join(' or ');
    };
    const answer = await make(trial.store, call).catch((error: unknown) =>
      trial.fail(wanted(), `it threw ${show(error)}`, error),
    );
    if (!model.accept([{ call, answer }], trial.now())) trial.fail(wanted(), trial.show(answer));
  }

  toString(): string {
    return show(this.#planned);
  }
}

/** Concurrent calls, through both stores if there are two, which some order must explain. */
export class BurstStep implements ScriptStep {
  readonly #planned: readonly PlannedCall[];

  constructor(planned: readonly PlannedCall[]) {
    this.#planned = planned;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, trial: Trial): Promise<void> {
    const now = trial.now();
    const calls = this.#planned.map((planned) => planAt(planned, now));
    const answers = await trial.atOnce(
      calls.map((call, n) => () => make(n % 2 === 0 ? trial.store : trial.other, call)),
    );
    const answered = calls.map((call, n) => ({ call, answer: answers[n] }));
    if (model.accept(answered, now)) return;
    trial.fail(
      'answers that some order of these calls explains',
      answers.map((answer) => trial.show(answer)).join(', '),
    );
  }

  toString(): string {
    return `at once: ${this.#planned.map((planned) => show(planned)).join(', ')}`;
  }
}

/** The clock moves. */
export class TimeStep implements ScriptStep {
  readonly #ms: number;

  constructor(ms: number) {
    this.#ms = ms;
  }

  check(): boolean {
    return true;
  }

  run(_model: Model, trial: Trial): Promise<void> {
    return trial.pass(this.#ms);
  }

  toString(): string {
    return `${this.#ms} ms`;
  }
}

function planAt(planned: PlannedCall, now: number): Call {
  switch (planned.method) {
    case 'create':
      return { method: 'create', record: recordAt(planned, now) };
    case 'update':
      return { method: 'update', record: recordAt(planned, now), ifVersion: planned.version - 1 };
    case 'touch':
      return { method: 'touch', id: planned.id, expiresAt: now + planned.life };
    case 'read':
    case 'destroy':
      return { method: planned.method, id: planned.id };
    default:
      return planned;
  }
}

function recordAt({ id, subject, version, life, body }: Extract<PlannedCall, { body: string }>, now: number) {
  return Object.freeze({ id, version, expiresAt: now + life, ...(subject === undefined ? {} : { subject }), body });
}

function make(store: Trial['store'], call: Call): Promise<unknown> {
  switch (call.method) {
    case 'create':
      return store.create(call.record);
    case 'read':
      return store.read(call.id);
    case 'update':
      return store.update(call.record, call.ifVersion);
    case 'touch':
      return store.touch(call.id, call.expiresAt);
    case 'destroy':
      return store.destroy(call.id);
    case 'list':
      return store.list(call.subject);
    case 'sweep':
      return store.sweep(call.limit);
  }
}
