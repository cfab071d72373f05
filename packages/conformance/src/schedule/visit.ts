import { type Exchange, SessError, type UntypedData } from '@sess/core';
import type { Actor } from './actor.js';
import { type Change, DataFacts } from './data-facts.js';
import { type Deed, isDoneBefore } from './deed.js';
import type { Process } from './process.js';
import type { VisitScript } from './script.js';
import type { Login, SessionFacts, TokenFact } from './session-facts.js';
import type { World } from './world.js';

/** Failures after which nothing of what was attempted has been stored. */
const refusals = new Set(['ERR_SESS_ENDED', 'ERR_SESS_CONFLICT', 'ERR_SESS_CONTENDED', 'ERR_SESS_HEADERS_SENT']);
/** Failures that a store's outage, a full subject or contention explain. */
const explainable = new Set([
  'ERR_SESS_STORE',
  'ERR_SESS_STORE_TIMEOUT',
  'ERR_SESS_LIMIT',
  'ERR_SESS_CONFLICT',
  'ERR_SESS_CONTENDED',
]);

interface WriteFacts {
  /** How many calls of the core may follow each other in it. */
  readonly verbs?: number;
  /** Whether it stores what the handler has changed. */
  readonly carries?: boolean;
}

/** One request under way, and what is known of it. */
export class Visit {
  readonly world: World;
  readonly actor: Actor;
  readonly script: VisitScript;
  readonly process: Process;
  readonly exchange: Exchange<UntypedData>;
  /** The token that its cookie showed, if it was one that some response had carried. */
  readonly token: TokenFact | undefined;
  /** The step at which it was opened. */
  readonly begin: number;
  /** Whether it goes on without its session because the store could not be read. */
  readonly hasOutage: boolean;

  /** The session it works on; `undefined` while that is not known to be stored. */
  facts: SessionFacts | undefined;
  /** The data of a session that is not known to be stored. */
  data = new DataFacts({});
  /** The handler's changes that no acknowledged write has carried. */
  changes: Change[] = [];
  /** The keys that it has ever changed. */
  readonly ownKeys = new Set<string>();
  /** The plain keys whose last change is a value that it has set, and still has to have. */
  readonly ownValues = new Set<string>();
  /** How many writes are under way that the handler did not wait for. */
  pendingWrites = 0;
  /** Verbs under way that the handler did not wait for. */
  readonly later: Promise<void>[] = [];
  /** Logins and endings of the session from before it was known to be stored. */
  readonly early: { readonly logins: Login[]; readonly endings: Deed[] } = { logins: [], endings: [] };
  /** Whether its handler has destroyed the session. */
  hasDestroyed = false;
  /** Whether the session was ended while in use, or the visit gave up. */
  isOver = false;
  /** The step at which its data was last in sync with the store's. */
  syncedAt: number;
  /** Whether the browser has to be given a new token. */
  owesToken = false;
  /** Whether it gave the session a new secret, which the browser must be given unless others rotated at the same time. */
  owesRotated = false;
  /** Whether it has tried to give the session a new secret. */
  hasRotated = false;

  constructor(
    world: World,
    actor: Actor,
    process: Process,
    script: VisitScript,
    opened: Pick<Visit, 'exchange' | 'token' | 'facts' | 'begin' | 'syncedAt' | 'hasOutage'>,
  ) {
    this.world = world;
    this.actor = actor;
    this.process = process;
    this.script = script;
    this.exchange = opened.exchange;
    this.token = opened.token;
    this.facts = opened.facts;
    this.begin = opened.begin;
    this.syncedAt = opened.syncedAt;
    this.hasOutage = opened.hasOutage;
  }

  get name(): string {
    return this.actor.name;
  }

  /** Whether the handler has no use for the session any more. */
  get isDone(): boolean {
    return this.isOver || this.hasDestroyed || this.process.isDead;
  }

  /** Whether the response has to carry the session's token. */
  get mustSendToken(): boolean {
    const { facts, world, begin, name } = this;
    if (facts === undefined || facts.poisoned !== undefined || this.isOver || this.hasDestroyed) return false;
    const { step, high } = world.chronicle;
    // A login that is under way voids the token before anybody is told of it.
    if (facts.mayBeSupersededFor({ who: name, since: begin }, step)) return false;
    // When rotations race, the last one's response has the token to send.
    const isAlone = facts.rotations.every((other) => isDoneBefore(other, other.who === name ? step + 1 : begin));
    const isOwed = this.owesToken || (this.owesRotated && isAlone);
    return isOwed && !facts.mayHaveEnded(step, high) && !facts.mayBeExpired(high) && !world.mayBeEvicted(facts);
  }

  /** How many verbs the present one may have to wait for, itself included. */
  get verbs(): number {
    return 1 + this.later.length;
  }

  /** Begins a deed that may extend the session's life. */
  use(what: string): Deed {
    const deed = this.world.begin(what, this.name);
    this.facts?.uses.push(deed);
    return deed;
  }

  /** Carries out a verb, or a commit, that may store what the handler has changed: `lost` if the session was found ended. */
  async write(
    deed: Deed,
    act: () => PromiseLike<unknown>,
    { verbs = this.verbs, carries = true }: WriteFacts = {},
  ): Promise<'done' | 'lost' | 'failed'> {
    const batch = carries ? [...this.changes] : [];
    for (const change of batch) change.unknown += 1;
    this.pendingWrites += 1;
    const error = await settle(act());
    this.pendingWrites -= 1;
    const isLost = error === undefined && this.exchange.isEnded && !this.hasDestroyed;
    if (error === undefined && !isLost) {
      this.#acknowledge(deed, batch, verbs);
      return 'done';
    }
    const isRefused = isLost || refusals.has(codeOf(error));
    if (isRefused) for (const change of batch) change.unknown -= 1;
    this.fail(deed, error, verbs);
    return isLost ? 'lost' : 'failed';
  }

  /** Judges a failure, which must have a reason; `undefined` for a write that was dropped because the session was found ended. */
  fail(deed: Deed, error: unknown, verbs = this.verbs): void {
    this.world.finish(deed, false, verbs);
    const code = codeOf(error);
    this.world.chronicle.note(this.name, `${deed.what}: fails:`, code || String(error));
    if (code.startsWith('ERR_SESS_STORE')) this.world.mayLeaveRecords = true;
    if (error === undefined || code === 'ERR_SESS_ENDED') this.#judgeLoss(deed);
    else if (code === 'ERR_SESS_HEADERS_SENT' && this.facts === undefined) this.isOver = true;
    else if (!explainable.has(code) || (code === 'ERR_SESS_STORE' && this.actor.faults === 0)) {
      this.world.chronicle.report('C2', `${deed.what} fails only if the store does`, describeError(error));
    }
    if (this.exchange.isEnded) this.isOver = true;
  }

  /** Judges an acknowledged write to a session, or takeover of its data (D2). */
  judgeUpdated(facts: SessionFacts, { what, begin }: Deed): void {
    const lastUpdate = this.actor.lastUpdates.get(facts.id) ?? 0;
    const ending = lastUpdate > begin ? facts.endedBefore(lastUpdate) : undefined;
    if (ending === undefined) return;
    const expected = `${what} of ${this.name} is refused: ${ending.what} of ${ending.who} had ended ${facts.id}`;
    this.world.chronicle.report('D2', expected, 'it was acknowledged');
  }

  /** Records the session as stored, under the id it has now, if it is. */
  adopt(creation: Deed, batch: readonly Change[] = []): void {
    const { id } = this.exchange;
    if (!this.world.createdIds.has(id) || this.facts?.id === id) return;
    this.facts = this.world.addSession(id, creation, this.data);
    this.facts.data.changes.push(...batch);
    this.facts.endings.push(...this.early.endings.splice(0));
    for (const login of this.early.logins.splice(0)) this.noteLogin(this.facts, login);
    this.owesToken = true;
  }

  /** Takes note of a login, under way or done, to a session that is known to be stored. */
  noteLogin(facts: SessionFacts, login: Login): void {
    facts.logins.push(login);
    this.world.noteRevocations(facts, login);
  }

  /** The next session in this visit begins with `initial`; nothing of it is stored yet. */
  startOver(initial: Readonly<Record<string, unknown>>): void {
    this.changes = [];
    this.carryOn(new DataFacts(initial));
  }

  /** The next session in this visit holds these data. */
  carryOn(data: DataFacts): void {
    this.facts = undefined;
    this.data = data;
    this.early.logins.length = 0;
    this.early.endings.length = 0;
  }

  #acknowledge(deed: Deed, batch: readonly Change[], verbs: number): void {
    this.world.finish(deed, true, verbs);
    if (this.facts === undefined) this.adopt(deed, this.changes);
    // This leaves open whether a write under way came before the destruction.
    if (this.hasDestroyed) return;
    const isStored = this.facts !== undefined;
    for (const change of batch) {
      if (change.isUndone) continue;
      change.unknown -= 1;
      if (isStored) change.end ??= deed.end;
    }
    if (this.facts !== undefined && batch.length > 0) this.judgeUpdated(this.facts, deed);
    if (isStored) this.changes = this.changes.filter((change) => !batch.includes(change));
    const problem = this.facts?.data.judgeRejects();
    if (problem !== undefined) this.world.chronicle.report(problem.invariant, problem.expected, problem.got);
    this.#judgeReport(deed, batch);
    this.syncedAt = deed.end ?? this.syncedAt;
  }

  /** Two requests that change one key learn of it by an event (L2). */
  #judgeReport({ begin }: Deed, batch: readonly Change[]): void {
    const told = this.world.conflicts.get(this.name);
    const span = { after: this.syncedAt, before: begin };
    const rival = batch.map((change) => this.facts?.data.findRival(change, span)).find((other) => other !== undefined);
    if (rival === undefined || told?.has(rival.key)) return;
    const expected = `an event that tells ${this.name} of its conflict with ${rival.who} over ${rival.key}`;
    this.world.chronicle.report('L2', expected, told === undefined ? 'none' : `one about ${[...told].join(', ')}`);
  }

  /** The session was found ended: by somebody, by its age, or by a login. */
  #judgeLoss(deed: Deed): void {
    const { world, facts } = this;
    this.isOver = true;
    if (this.hasDestroyed || facts === undefined) return;
    const { step, high } = world.chronicle;
    const hasReason =
      facts.mayHaveEnded(step, high) ||
      facts.mayBeSupersededFor({ who: this.name, since: this.begin }, step) ||
      world.mayBeExpired(facts, deed.begin) ||
      facts.poisoned !== undefined ||
      world.mayBeEvicted(facts);
    if (hasReason) return;
    const expected = `${deed.what} of ${this.name} is stored: the session lives and nobody has logged in to it`;
    world.chronicle.report('L1', expected, 'it was dropped because the session had ended');
  }
}

/** What `promise` fails with, without counting as looking at it; `undefined` if it does not fail. */
function settle(promise: PromiseLike<unknown>): Promise<unknown> {
  return Promise.prototype.then.call(
    promise,
    () => undefined,
    (error: unknown) => error ?? new Error('rejected with nothing'),
  );
}

/** The code of a `SessError`; the empty text for anything else. */
export function codeOf(error: unknown): string {
  return SessError.is(error) ? error.code : '';
}

/** An error in words, its cause included. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` (${describeError(error.cause)})`;
  return `${codeOf(error) || error.name}: ${error.message}${cause}${codeOf(error) === '' ? `\n${error.stack}` : ''}`;
}
