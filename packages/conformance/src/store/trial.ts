import type { SessionRecord } from '@sess/core';
import { isEqual } from '../equal.js';
import type { Invariant } from '../invariants.js';
import type { KitSettings } from '../settings.js';
import { show } from '../show.js';
import { Violation } from '../violation.js';
import type { Ability, Opened, StoreHarness } from './harness.js';
import { RecordedStore, type Steps } from './recorded-store.js';
import { type CaseTime, createTime, hour } from './time.js';

const defaultPatience = 5_000;

/** What a report says of the case it is about. */
export interface CaseFacts {
  readonly name: string;
  readonly invariant: Invariant;
  /** Whether the case makes random choices, so that its report must name the seed. */
  readonly random?: boolean;
}

/** The parts of a record that matter to a case; the rest is filled in. */
export type RecordParts = Partial<SessionRecord> & {
  /** Milliseconds from now until it expires, where `expiresAt` is not given. Default: an hour. */
  readonly life?: number;
};

/**
 * One run of a case on a store of its own: makes records, lets time pass, makes calls, and compares what comes back.
 * Everything done is written down for the report.
 */
export class Trial {
  readonly settings: KitSettings;
  readonly #facts: CaseFacts;
  readonly #harness: StoreHarness;
  readonly #opened: Opened;
  readonly #time: CaseTime;
  readonly #steps: Steps = [];
  readonly #start: number;
  #store: RecordedStore;
  #other: RecordedStore;

  private constructor(facts: CaseFacts, settings: KitSettings, harness: StoreHarness, opened: Opened, time: CaseTime) {
    this.settings = settings;
    this.#facts = facts;
    this.#harness = harness;
    this.#opened = opened;
    this.#time = time;
    this.#start = time.clock.now();
    this.#store = this.#other = this.#recorded(opened.store);
  }

  /** Opens a fresh store, runs `script` on it and disposes of the store, whatever comes of it. Throws a `Violation`. */
  static async run(
    facts: CaseFacts,
    settings: KitSettings,
    harness: StoreHarness,
    script: (trial: Trial) => Promise<void>,
  ): Promise<void> {
    const time = createTime(harness);
    const opened = await harness.open({ clock: time.clock });
    try {
      const trial = new Trial(facts, settings, harness, opened, time);
      await trial.#run(script);
    } finally {
      await harness.dispose?.(opened);
    }
  }

  /** The store under test. */
  get store(): RecordedStore {
    return this.#store;
  }

  /** Another store on the same data, if the harness can connect one; else the same store. */
  get other(): RecordedStore {
    return this.#other;
  }

  /** What the harness says the store can do. */
  get abilities(): readonly Ability[] {
    return this.#harness.abilities ?? [];
  }

  /** The current time in epoch milliseconds. */
  now(): number {
    return this.#time.clock.now();
  }

  /** A life (ms) short enough for a case to wait out. */
  get shortLife(): number {
    return this.#time.shortLife;
  }

  /** A short life, yet one that ends after so many records have been created in a row, however long the store takes for one. */
  async lifeThatOutlasts(count: number): Promise<number> {
    if (!this.#time.goesOn) return this.shortLife;
    let longEnough = Number.POSITIVE_INFINITY;
    // The least of three: the first call may open a connection, and cases wait for what comes out.
    for (let probe = 0; probe < 3; probe++) longEnough = Math.min(longEnough, await this.#timeOneRecord());
    // Two calls were made each time, so there is room for as many again.
    return this.shortLife + count * longEnough;
  }

  async #timeOneRecord(): Promise<number> {
    const before = this.now();
    await this.store.create(this.record({ id: 'probe' }));
    await this.store.destroy('probe');
    return this.now() - before;
  }

  /**
   * A record with the given parts: else `a`, version 1, an hour to live, a short body and no subject. Frozen: a store that changed
   * what it is given would change with it what the case expects.
   */
  record(parts: RecordParts = {}): SessionRecord {
    const { life = hour, ...given } = parts;
    return Object.freeze({ id: 'a', version: 1, expiresAt: this.now() + life, body: 'body', ...given });
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    this.#steps.push(ms < 0 ? `(the clock is set back ${-ms} ms)` : `(${ms} ms pass)`);
    await this.#time.pass(ms);
  }

  /** Lets time pass until a millisecond after the record has expired; cases about the very instant say how much themselves. */
  async passUntilExpired(record: SessionRecord): Promise<void> {
    this.#steps.push(`(time passes until just after ${this.show(record.expiresAt)})`);
    await this.#time.passUntil(record.expiresAt);
  }

  /** Makes the calls concurrently, each `turns` turns of the event queue after the one before, and waits for all the results. */
  async atOnce<T>(calls: readonly (() => Promise<T>)[], turns = 0): Promise<T[]> {
    this.#steps.push('(the next calls are made at once)');
    const started: Promise<T>[] = [];
    for (const call of calls) {
      started.push(call());
      for (let turn = 0; turn < turns; turn += 1) await undefined;
    }
    const answers = await Promise.all(started);
    this.#steps.push('(all have answered)');
    return answers;
  }

  /** Checks that a call returns exactly this. `because` finishes the sentence that the report begins with it. */
  async sees<T>(call: Promise<T>, expected: T, because: string): Promise<T> {
    return this.seesOneOf(call, [expected], because);
  }

  /** Checks that a call returns one of these. */
  async seesOneOf<T>(call: Promise<T>, expected: readonly T[], because: string): Promise<T> {
    const wanted = `${expected.map((value) => this.show(value)).join(' or ')}: ${because}`;
    const answer = await call.catch((error: unknown) => this.fail(wanted, `it threw ${show(error)}`, error));
    if (!expected.some((value) => isEqual(answer, value))) this.fail(wanted, this.show(answer));
    return answer;
  }

  /** Checks that a call succeeds, whatever it returns. */
  async succeeds(call: Promise<unknown>, because: string): Promise<void> {
    await call.catch((error: unknown) => this.fail(`no error: ${because}`, `it threw ${show(error)}`, error));
  }

  /** Checks that a subject's records are these, in any order. */
  async lists(subject: string, expected: readonly SessionRecord[], because: string, store = this.store): Promise<void> {
    const wanted = `${this.show(expected)} in any order: ${because}`;
    const answer = await store
      .list(subject)
      .catch((error: unknown) => this.fail(wanted, `it threw ${show(error)}`, error));
    const isList = Array.isArray(answer) && isEqual(sortById(answer), sortById(expected));
    if (!isList) this.fail(wanted, this.show(answer));
  }

  /** Checks what was computed from several results. */
  check(holds: boolean, expected: string, cameBack: string): void {
    if (!holds) this.fail(expected, cameBack);
  }

  /** A value as the report shows it. */
  show(value: unknown): string {
    return show(value, { start: this.#start });
  }

  /** Adds a line of its own to the report. */
  note(step: string): void {
    this.#steps.push(step);
  }

  /** Ends the case with a report. */
  fail(expected: string, cameBack: string, cause?: unknown): never {
    const { name, invariant, random } = this.#facts;
    const seed = random === true ? { seed: this.settings.seed } : {};
    throw new Violation(
      { invariant, caseName: name, steps: [...this.#steps], expected, cameBack, ...seed },
      cause === undefined ? undefined : { cause },
    );
  }

  /** Ends what keeps the data and brings it back, if the harness can. */
  async crashAndRestart(): Promise<void> {
    this.#steps.push('(what keeps the data crashes)');
    await this.#harness.crash?.(this.#opened);
    const store = await this.#harness.restart?.(this.#opened);
    this.#steps.push('(it has been restarted)');
    this.#store = this.#other = this.#recorded(store ?? this.#opened.store);
  }

  /** Cuts the store off from its data. */
  async partition(): Promise<void> {
    this.#steps.push('(the store is cut off from its data)');
    await this.#harness.partition?.(this.#opened);
  }

  /** Ends what `partition` began. */
  async heal(): Promise<void> {
    this.#steps.push('(the store is connected again)');
    await this.#harness.heal?.(this.#opened);
  }

  async #run(script: (trial: Trial) => Promise<void>): Promise<void> {
    try {
      if (this.#harness.connect !== undefined) {
        this.#other = this.#recorded(await this.#harness.connect(this.#opened), 'other.');
      }
      await script(this);
    } catch (error) {
      if (error instanceof Violation) throw error;
      this.fail('no error', `it threw ${show(error)}`, error);
    }
  }

  #recorded(store: Opened['store'], handle = ''): RecordedStore {
    const patience = this.#harness.patience ?? defaultPatience;
    return new RecordedStore(store, { steps: this.#steps, origin: { start: this.#start }, handle, patience });
  }
}

function sortById(records: readonly SessionRecord[]): readonly SessionRecord[] {
  return [...records].sort((a, b) => (String(a?.id) < String(b?.id) ? -1 : 1));
}
