import {
  type Awaitable,
  isExpired,
  type ManualClock,
  manualClock,
  type SessionEvents,
  type SessionStore,
} from '@sess/core';
import type { Scheduler } from 'fast-check';
import { type Actor, currentActor } from './actor.js';
import { Chronicle } from './chronicle.js';
import type { DataFacts } from './data-facts.js';
import { type Deed, isDoneBefore } from './deed.js';
import type { FaultKind } from './faults.js';
import { Process } from './process.js';
import type { Plan } from './script.js';
import { endedByReuse, type Login, SessionFacts, type TokenFact } from './session-facts.js';
import type { Stage } from './stage.js';

/** What a browser holds: the value of the one cookie. */
export interface Browser {
  token: string | undefined;
}

const ready = Promise.resolve();

/** One schedule under way: the store, the processes, the order of things and all that is known of the sessions. */
export class World implements Stage {
  readonly plan: Plan;
  readonly clock: ManualClock;
  readonly timers = manualClock(0);
  readonly chronicle: Chronicle;
  /** The store under test, as the first process has it. */
  readonly store: SessionStore;
  readonly createdIds = new Map<string, Actor | undefined>();
  readonly processes: Process[] = [];
  readonly sessions = new Map<string, SessionFacts>();
  readonly tokens: TokenFact[] = [];
  /** The keys that the core said it had merged, by the request that was told. */
  readonly conflicts = new Map<string, Set<string>>();
  /** How many logins of each subject have been attempted. */
  readonly loginAttempts = new Map<string, number>();
  /** The calls of `revokeAll`, and of which subject. */
  readonly revocations: { readonly deed: Deed; readonly subject: string; readonly except: string | undefined }[] = [];
  /** Whose requests are under way. */
  readonly pending = new Set<Actor>();
  /** Whether the faults of the plan are in force. */
  hasFaults = false;
  /** Whether any of them has happened. */
  hadFaults = false;
  /** Whether anything may have left behind a record that nobody can open. */
  mayLeaveRecords = false;

  readonly #stores: readonly SessionStore[];
  readonly #scheduler: Scheduler;
  #calls = 0;
  #underWay = 0;
  #values = 0;
  #nudges = 0;
  #wasSetBack = false;

  /** A world in which nothing has happened, with a process for each of the stores, which share their data. */
  constructor(
    plan: Plan,
    stores: readonly [SessionStore, ...SessionStore[]],
    clock: ManualClock,
    scheduler: Scheduler,
  ) {
    this.plan = plan;
    this.#stores = stores;
    this.store = stores[0];
    this.clock = clock;
    this.#scheduler = scheduler;
    this.chronicle = new Chronicle(clock);
    for (const [i, store] of stores.entries()) this.processes.push(new Process(this, `P${i}`, store));
  }

  turn(): Promise<void> {
    return this.#scheduler.schedule(ready);
  }

  async act<R>(call: () => Awaitable<R>): Promise<R> {
    this.#underWay += 1;
    try {
      return await call();
    } finally {
      this.#underWay -= 1;
    }
  }

  nextFault(): FaultKind | undefined {
    if (!this.hasFaults) return undefined;
    const at = this.#calls++;
    const kind = this.plan.faults.find((fault) => fault.at === at)?.kind;
    this.hadFaults ||= kind !== undefined;
    return kind;
  }

  noteDestroyed({ id, by }: SessionEvents['destroyed']): void {
    if (by !== 'limit' && by !== 'reuse') return;
    const deed = this.begin(by === 'reuse' ? endedByReuse : 'ended by the limit', currentActor.getStore()?.name ?? '');
    this.finish(deed, true);
    const facts = this.sessions.get(id);
    facts?.endings.push(deed);
    if (by === 'limit' && facts !== undefined && !this.mayBeEvicted(facts))
      this.chronicle.report('contract', `nobody has exceeded the limit that ends ${id}`, 'the limit has ended it');
  }

  noteConflict({ keys }: SessionEvents['conflict']): void {
    const name = currentActor.getStore()?.name ?? '';
    const known = this.conflicts.get(name) ?? new Set();
    for (const { key } of keys) known.add(key);
    const names = keys.map(({ key }) => key);
    if (new Set(names).size < names.length)
      this.chronicle.report('L2', `the event tells ${name} of each conflict once`, names.join(', '));
    this.conflicts.set(name, known);
  }

  /** A value that was never used before. */
  nextValue(): number {
    this.#values += 1;
    return this.#values;
  }

  /** Takes note of a deed that begins now. */
  begin(what: string, who: string): Deed {
    const begin = this.chronicle.tick();
    const beginTime = this.chronicle.now;
    const deed: Deed = { what, who, begin, beginTime, end: undefined, endHigh: undefined, nudges: this.#nudges };
    this.chronicle.note(who, what);
    return deed;
  }

  /** Takes note that a deed is over. `verbs` is how many calls of the core may have followed each other in it. */
  finish(deed: Deed, isAcknowledged: boolean, verbs = 1): void {
    const step = this.chronicle.tick();
    deed.endHigh = this.chronicle.high;
    if (isAcknowledged) deed.end = step;
    const waited = (this.#nudges - deed.nudges) * this.plan.policy.storeTimeout;
    const longest = verbs * this.plan.policy.storeTimeout;
    if (waited > longest)
      this.chronicle.report('C2', `${deed.what} of ${deed.who} takes ${longest} ms at most`, `it took ${waited} ms`);
  }

  /** Lets time pass or, if `ms` is negative, sets the clock back. */
  pass(ms: number): void {
    this.clock.advance(ms);
    this.#wasSetBack ||= ms < 0;
    this.chronicle.see();
    this.timers.advance(Math.max(ms, 0));
  }

  /** Advances the clock for those waiting for an answer that never comes. */
  nudge(): void {
    const { storeTimeout } = this.plan.policy;
    this.#nudges += 1;
    this.chronicle.note('', `nobody can go on: the clock moves by ${storeTimeout} ms`);
    this.pass(storeTimeout);
  }

  /** Takes note of a session that is known to be stored. */
  addSession(id: string, creation: Deed, data: DataFacts): SessionFacts {
    const facts = new SessionFacts(id, creation, data, this.plan.policy);
    this.sessions.set(id, facts);
    this.chronicle.name(id, `S${this.sessions.size}`);
    return facts;
  }

  /** Takes note that a login, under way or done, may have met a `revokeAll` of its subject. */
  noteRevocations(facts: SessionFacts, login: Login): void {
    for (const { deed, subject, except } of this.revocations) {
      if (subject === login.subject && facts.id !== except && !isDoneBefore(deed, login.begin))
        facts.endings.push({ ...deed, what: `${deed.what}, perhaps`, end: undefined });
    }
  }

  /** Whether a request that began at `step` may find the session expired. */
  mayBeExpired(facts: SessionFacts, step: number): boolean {
    // If processes' clocks differ, one may keep alive what another has just found expired.
    return facts.mayBeExpired(this.chronicle.high, this.haveClocksDiffered(facts) ? step : undefined);
  }

  /** Whether the processes that use the session may have seen different times, because the clock was set back. */
  haveClocksDiffered({ openedBy }: SessionFacts): boolean {
    return this.#wasSetBack && openedBy.size > 1;
  }

  /** Whether the limit of sessions per subject may have ended the session. */
  mayBeEvicted({ logins }: SessionFacts): boolean {
    const limit = this.#limit;
    return limit !== undefined && logins.some(({ subject }) => (this.loginAttempts.get(subject) ?? 0) > limit);
  }

  /** Checks that no more sessions of the subject are logged in, by acknowledged logins, and live than its limit allows. */
  async checkLimit(subject: string): Promise<void> {
    const limit = this.#limit;
    if (limit === undefined) return;
    const { step, high } = this.chronicle;
    const claimed = [...this.sessions.values()].filter(
      (facts) =>
        facts.subjectAt(step + 1) === subject &&
        facts.poisoned === undefined &&
        !isBeingReplaced(facts) &&
        !facts.mayBeExpired(high),
    );
    const live: string[] = [];
    for (const { id } of claimed) {
      const record = await this.act(() => this.store.read(id));
      // Once the clock was set back, a process that saw it before may rightly treat as over a session that others still open.
      if (record !== undefined && !isExpired(record.expiresAt, this.chronicle.high)) live.push(id);
    }
    if (live.length > limit)
      this.chronicle.report(
        'contract',
        `at most ${limit} sessions of ${subject} (maxPerSubject), an exact \`list\` given`,
        `${live.join(', ')} are open`,
      );
  }

  /** Checks that a cookie does not outlive its record by more than a second (E5). */
  async checkCookieAge(id: string, maxAge: number): Promise<void> {
    const { now } = this.chronicle;
    const record = await this.act(() => this.store.read(id));
    if (record === undefined || now + maxAge * 1000 <= record.expiresAt + 1000) return;
    this.chronicle.report(
      'E5',
      `a cookie of ${id} for ${record.expiresAt - now} ms, and 1 s more at most`,
      `Max-Age=${maxAge}`,
    );
  }

  get #limit(): number | undefined {
    const { maxPerSubject } = this.plan.options;
    return typeof maxPerSubject === 'object' ? maxPerSubject.max : maxPerSubject;
  }

  /** Crashes a process and puts another in its place. */
  restart(index: number): void {
    this.processes[index]?.crash();
    this.processes[index] = new Process(this, `P${index}'`, this.#stores[index] ?? this.store);
    this.mayLeaveRecords = true;
  }

  /** Lets everybody whose turn has come act, one at a time in the scheduler's order, until nobody waits for a turn. */
  async play(): Promise<void> {
    await this.#settle();
    while (this.#scheduler.count() > 0 && this.chronicle.breach === undefined) {
      await this.#scheduler.waitOne();
      await this.#settle();
    }
  }

  /** Waits until everything that the last turn has caused has come to rest. */
  async #settle(): Promise<void> {
    do await new Promise<void>((resolve) => void setImmediate(resolve));
    while (this.#underWay > 0);
  }
}

/** Whether another session is taking its place: its record may then still be there, with nothing that opens it. */
function isBeingReplaced({ endings }: SessionFacts): boolean {
  return endings.some(({ what }) => /^(regenerate|login)/.test(what));
}
