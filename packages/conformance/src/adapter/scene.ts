import { type ManualClock, manualClock, SessError, type Session } from '@sess/core';
import { isEqual } from '../equal.js';
import type { Invariant } from '../invariants.js';
import { show } from '../show.js';
import { Violation } from '../violation.js';
import { Browser } from './browser.js';
import type { Answer } from './client.js';
import type {
  AdapterApp,
  AdapterHarness,
  AdapterRequest,
  AdapterSessionOptions,
  Reply,
  RunningApp,
} from './harness.js';
import { ScenarioStore } from './scenario-store.js';

const defaultPatience = 5_000;

/** What the scenario's error handler answers: enough to tell its answers from all others. */
const errorPage = (error: unknown) => `error page: ${SessError.is(error) ? error.code : String(error)}`;

/** A handler of a scenario: it is given the session, followed by those of further middlewares. */
export type Handler = (session: () => Session, ...others: readonly (() => Session)[]) => Reply | Promise<Reply>;

/** What differs from the usual application: one middleware with a key, over plain HTTP. */
export interface SceneOptions {
  /** Further options of each session middleware, of which there are as many as there are items. Default: one, with none. */
  readonly sessions?: readonly Partial<AdapterSessionOptions>[];
  readonly trustProxy?: boolean;
}

/** One run of a scenario: starts the application, sends requests, and compares what comes back. */
export class Scene {
  /** Its store, to be stopped and to be looked into. */
  readonly store: ScenarioStore;
  /** The time, of the store and the sessions. */
  readonly clock: ManualClock = manualClock();
  /** What the sessions' `error` events have told. */
  readonly errors: unknown[] = [];
  readonly #facts: { readonly name: string; readonly invariant: Invariant };
  readonly #harness: AdapterHarness;
  readonly #steps: string[] = [];
  readonly #apps: RunningApp[] = [];

  private constructor(facts: { readonly name: string; readonly invariant: Invariant }, harness: AdapterHarness) {
    this.#facts = facts;
    this.#harness = harness;
    this.store = new ScenarioStore(this.clock);
  }

  /** Runs `check` and stops its servers, whatever comes of it. Throws a `Violation`. */
  static async run(
    facts: { readonly name: string; readonly invariant: Invariant },
    harness: AdapterHarness,
    check: (scene: Scene) => Promise<void>,
  ): Promise<void> {
    const scene = new Scene(facts, harness);
    try {
      await check(scene);
    } catch (error) {
      if (error instanceof Violation) throw error;
      scene.#fail('no error', show(error), error);
    } finally {
      for (const app of scene.#apps) await app.close();
    }
  }

  /** Starts an application with these handlers, by path; other paths answer 404. Resolves to a browser on it. */
  async serve(routes: Readonly<Record<string, Handler>>, options: SceneOptions = {}): Promise<Browser> {
    const { sessions = [{}], trustProxy = false } = options;
    const { clock, store } = this;
    const app: AdapterApp = {
      sessions: sessions.map((each) => ({ store, clock, secret: 'a key for the scenario', ...each })),
      trustProxy,
      handle: async (request) => await route(routes, request),
      answerError: (error) => ({ status: statusOf(error), body: errorPage(error) }),
    };
    const running = await this.#harness.serve(app);
    this.#apps.push(running);
    for (const each of running.sessions) each.on('error', ({ error }) => this.errors.push(error));
    return new Browser(
      running,
      (step) => this.#steps.push(step),
      (waited, what) => this.within(waited, what),
    );
  }

  /** Checks that `found` is exactly `expected`; `what` says what it is, as in "the status". */
  sees(what: string, found: unknown, expected: unknown): void {
    if (!isEqual(found, expected)) this.#fail(`${what}: ${show(expected)}`, show(found));
  }

  /** Checks that `found` matches `pattern`. */
  matches(what: string, found: string | undefined, pattern: RegExp): void {
    // A header is shown in full: what is wrong with a cookie is mostly at its end.
    if (found === undefined || !pattern.test(found)) this.#fail(`${what}: ${String(pattern)}`, found ?? 'undefined');
  }

  /** Checks that the answer is complete and has this status and, if given, this body. */
  answers(answer: Answer, status: number, body?: string): void {
    this.sees('an answer that comes to its end', answer.isComplete, true);
    if (answer.status !== status) this.#fail(`the status: ${status}`, `${answer.status}, ${show(answer.body)}`);
    if (body !== undefined) this.sees('the body', answer.body, body);
  }

  /** Checks that the error handler has answered this error, with 503 and without a cookie. */
  answersOutage(answer: Answer, code: 'ERR_SESS_STORE' | 'ERR_SESS_STORE_TIMEOUT'): void {
    this.answers(answer, 503, `error page: ${code}`);
    this.sees('cookies set', setCookies(answer), []);
  }

  /** Writes down what has been done beside requests. */
  does(step: string): void {
    this.#steps.push(`(${step})`);
  }

  /** Waits for a promise, but not for ever; `what` names what is waited for. */
  async within<T>(waited: Promise<T>, what: string): Promise<T> {
    const { patience = defaultPatience } = this.#harness;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, patience, 'late');
    });
    const first = await Promise.race([waited.then((value) => ({ value })), late]);
    clearTimeout(timer);
    return first === 'late' ? this.#fail(what, `nothing within ${patience} ms`) : first.value;
  }

  #fail(expected: string, cameBack: string, cause?: unknown): never {
    const { name, invariant } = this.#facts;
    throw new Violation({ invariant, caseName: name, steps: this.#steps, expected, cameBack }, { cause });
  }
}

/** The `Set-Cookie` values of an answer. */
export function setCookies(answer: Answer): readonly string[] {
  return answer.headers.get('set-cookie') ?? [];
}

async function route(routes: Readonly<Record<string, Handler>>, request: AdapterRequest): Promise<Reply> {
  const handler = Object.hasOwn(routes, request.path) ? routes[request.path] : undefined;
  const [first, ...others] = request.sessions;
  if (first === undefined) throw new Error('The harness has given the handler no session.');
  return handler === undefined ? { status: 404, body: 'not found' } : await handler(first, ...others);
}

function statusOf(error: unknown): number {
  return SessError.is(error) ? error.status : 500;
}
