import { SessError } from '../errors.js';
import type { DestroyedBy, RefusalReason } from '../events.js';
import { chain, type Flow, run, wait } from '../flow.js';
import type { DrawnData } from '../initial-data.js';
import type { Envelope } from '../record.js';
import type { Runtime } from '../runtime.js';
import type { SessionHost } from '../session-handle.js';
import type { Awaitable } from '../store.js';
import { createId } from '../token.js';
import type { Admission, ExchangeRequest } from './admit.js';
import { BrowserToken, type NewBearer } from './browser-token.js';
import { type CreatedSession, createSession } from './create-session.js';
import { headSentError } from './exchange-errors.js';
import { type Fields, HandedData } from './handed-data.js';
import {
  endOf,
  hasExpired,
  hasPersistentCookie,
  isExtended,
  isExtensionDue,
  type LiveSession,
  nextExpiry,
} from './live-session.js';
import { type Login, planLogin } from './login.js';
import { planNewSecret, planRotation, type RotationPlan } from './plan-rotation.js';
import { moveSession, type Replacement, replaceSession } from './replace-session.js';
import { rereadSession } from './reread-session.js';
import { SessionEnd } from './session-end.js';
import { type SessionChange, type WriteResult, writeSession } from './write-session.js';

/** The session that one exchange works on: its record in the store, the handler's data, the browser's token. */
export class WorkingSession {
  /** The handler's view of it. */
  readonly data: HandedData;
  /** The browser's view of it. */
  readonly token: BrowserToken;
  /** Whether and how it has ended. */
  readonly end: SessionEnd;
  /** Whether the response's head has left, so that no cookie can be sent any more. */
  isHeadSent = false;
  /** Whether the response is over, so that what is stored now is no sign that somebody has come by. */
  isResponseOver = false;

  readonly #runtime: Runtime;
  readonly #request: ExchangeRequest;
  /** The session as stored, if it is. */
  #live: LiveSession | undefined;
  #newId: string | undefined;
  /** The session as last seen, and the time (epoch ms), for which neither a touch nor a rotation was due. */
  #nothingDueFor: LiveSession | undefined;
  #nothingDueAt = 0;
  #isNew: boolean;
  /** Whether the session is to be stored even if nothing was written to it. */
  #mustStore = false;
  /** Whether a new session's cookie could not be sent. */
  #isUnsendable = false;

  constructor(
    runtime: Runtime,
    host: SessionHost,
    request: ExchangeRequest,
    admission: Admission | undefined,
    drawn: DrawnData | undefined,
  ) {
    this.#runtime = runtime;
    this.#request = request;
    this.#live = admission?.live;
    this.#isNew = admission === undefined;
    this.data = new HandedData(runtime, host, admission?.loaded, drawn);
    this.token = new BrowserToken(admission);
    this.end = new SessionEnd(this.data, this.token);
  }

  get live(): LiveSession | undefined {
    return this.#live;
  }

  /** Whether the session was not in the store when the exchange began. */
  get isNew(): boolean {
    return this.#isNew;
  }

  get id(): string {
    if (this.#live !== undefined) return this.#live.record.id;
    this.#newId ??= createId();
    return this.#newId;
  }

  /** Whether the handler has changed the data since it last matched the store. */
  hasChanged(): boolean {
    return this.data.changedText(this.#baseText) !== undefined;
  }

  /**
   * Stores what has to be stored: the end, if that has been decided; otherwise what has changed, merged with others' changes, or a longer
   * life if that is due.
   */
  settle(): Awaitable<void> {
    // Unique data that is first seen after the head has left cannot be kept: no cookie can name its session.
    const mustStore = this.#mustStore || (this.data.isUnique && !this.isHeadSent);
    return this.end.isOwed ? run(this.destroy()) : this.store(mustStore);
  }

  /** As `settle`, for a session that goes on. With `isExplicit`, a new one is stored even if nothing was written to it. */
  store(isExplicit = true): Awaitable<void> {
    if (this.end.isEnded) return;
    return chain(this.data.checkedText(this.#baseText), (text) => this.#storeText(text, isExplicit));
  }

  #storeText(text: string | undefined, isExplicit: boolean): Awaitable<void> {
    if (this.#live === undefined) return text !== undefined || isExplicit ? run(this.#create(text)) : undefined;
    const now = this.#runtime.now();
    // A framework that settles before the head, at the head and at the end asks the same thing three times.
    if (text === undefined && this.#live === this.#nothingDueFor && now === this.#nothingDueAt) return;
    return chain(this.#planRotation(this.#live, now), (plan) =>
      text === undefined && plan === undefined
        ? this.#keep(now)
        : chain(this.#rewrite(text, plan), (isWritten) =>
            isWritten ? undefined : this.#touchIfDue(this.#runtime.now()),
          ),
    );
  }

  /** Touches a session that has nothing to store if that is due, and remembers when it was not. */
  #keep(now: number): Awaitable<void> {
    const live = this.#live;
    const touching = this.#touchIfDue(now);
    if (this.#live === live) {
      this.#nothingDueFor = live;
      this.#nothingDueAt = now;
    }
    return touching;
  }

  /** Also called if another request has done the rotation: this request is a sign of life all the same. */
  #touchIfDue(now: number): Awaitable<void> {
    if (this.#live === undefined) return;
    const { record, envelope } = this.#live;
    if (this.#mustKeepEnd(envelope)) return;
    const end = endOf(this.#runtime, record, envelope);
    const next = nextExpiry(this.#runtime, envelope, now);
    return isExtensionDue(this.#runtime, envelope, end, next) ? run(this.touch()) : undefined;
  }

  /** Whether the session is not to be extended now, unless by `touch` itself. */
  #mustKeepEnd(envelope: Envelope): boolean {
    // The cookie could not follow; the next request extends both.
    return this.isResponseOver || (this.isHeadSent && hasPersistentCookie(this.#runtime, envelope));
  }

  /** Extends the session's life in the store, if it is stored. */
  *touch(): Flow<void> {
    const live = this.#live;
    if (this.end.isEnded || live === undefined) return;
    const { record, envelope } = live;
    if (yield* hasExpired(this.#runtime, live)) return this.#lose('expired');
    const expiresAt = Math.max(record.expiresAt, nextExpiry(this.#runtime, envelope, this.#runtime.now()));
    if ((yield* wait(this.#runtime.store.touch(record.id, expiresAt))) === 'gone') return this.#lose('gone');
    this.#live = { ...live, record: { ...record, expiresAt } };
    this.token.loseSight();
    if (hasPersistentCookie(this.#runtime, envelope)) this.#renewCookie();
    const end = endOf(this.#runtime, this.#live.record, envelope);
    this.#runtime.events.emit('touched', { id: record.id, expiresAt: end });
  }

  /** Takes the data from the store anew; a session that is not stored begins anew. What was changed since `noted` stays. */
  *reload(noted: Fields): Flow<void> {
    if (this.end.isEnded) return;
    if (this.#live === undefined) {
      return this.data.begin(yield* wait(this.#runtime.data.initial.draw()), {}, noted);
    }
    const found = yield* rereadSession(this.#runtime, this.#live);
    if (typeof found === 'string') return this.#lose(found);
    this.#live = found.live;
    this.data.fill(found.data, noted);
  }

  /** Makes the session `subject`'s, with a new secret and a new absolute period, under the limits of `remember` if `isRemembered`. */
  *login(subject: string, isRemembered: boolean): Flow<void> {
    if (this.end.isEnded) return;
    const { subjects } = this.#runtime;
    const rank = yield* subjects.rankLogin(subject, this.#live?.record.id, this.#runtime.now());
    const login = { subject, rank, isRemembered };
    const text = yield* wait(this.data.checkedText(this.#baseText));
    if (this.#live === undefined) yield* this.#create(text, login);
    else if ((this.#live.record.subject ?? subject) !== subject)
      yield* this.#moveOn((initial) => this.data.ownOn(initial, this.#baseText), login);
    else if (this.#live.envelope.remembered === true && !isRemembered) yield* this.#moveAll(this.#live, login, text);
    else yield* this.#authenticate(this.#live, login, text);
    if (this.end.isEnded || this.#live === undefined) return;
    const { id } = this.#live.record;
    yield* this.#keepLimit(subject, id);
    if (this.end.isEnded) return;
    this.#runtime.events.emit('login', { id, subject });
  }

  /** Gives the session a new secret; a session that is not stored has none to replace. */
  *rotate(): Flow<void> {
    if (this.end.isEnded || this.#live === undefined) return;
    const text = yield* wait(this.data.checkedText(this.#baseText));
    const plan = yield* wait(planNewSecret(this.#runtime, this.#live, this.token.shown));
    yield* wait(this.#rewrite(text, plan));
  }

  /** Ends the session and begins another in its place, with the data called `keep` and what was changed since `noted`. */
  *regenerate(keep: readonly string[], noted: Fields): Flow<void> {
    if (this.end.isEnded) return;
    if (this.#live !== undefined && keep.length > 0)
      return yield* this.#moveOn((initial) => this.data.keepOn(initial, keep), undefined, noted);
    const initial = yield* wait(this.#runtime.data.initial.draw());
    if (this.#live !== undefined) yield* this.#runtime.subjects.end(this.#live.record.id, 'regenerate');
    this.#begin(initial, this.data.pick(keep), noted);
    this.#mustStore = true;
  }

  /** Decides that the session has ended. `destroy` then removes it, even if this request has lost it to a login (D1). */
  decideEnd(hasCookie: boolean): void {
    this.end.decide(hasCookie || this.#live !== undefined);
  }

  /** Removes a session whose end has been decided, unless the store has already acknowledged that. */
  *destroy(): Flow<void> {
    if (!this.end.isOwed) return;
    if (this.#live !== undefined) yield* this.#runtime.subjects.end(this.#live.record.id, 'destroy');
    this.end.acknowledge();
  }

  get #baseText(): string {
    return this.#live?.baseText ?? this.data.initialText;
  }

  /** Stores a new session with data that has been checked, or else the initial data. */
  *#create(text: string | undefined, login?: Login): Flow<void> {
    if (this.end.isEnded) return;
    const { cookies, events } = this.#runtime;
    if (!cookies.canSend(this.#request.https)) {
      // Without its cookie nobody could ever use it. Reported once: a later step comes here again.
      if (!this.#isUnsendable) events.emit('insecure', this.#runtime.unsendableCookie);
      this.#isUnsendable = true;
      return;
    }
    if (this.isHeadSent) throw headSentError('A new session');
    try {
      const { initialText } = this.data;
      this.#adopt(yield* createSession(this.#runtime, { id: this.id, text: text ?? initialText, login }));
      if (text !== undefined) this.data.noteStored(initialText, text);
    } catch (error) {
      // It may still take effect. Under the same id it could then bring back what a second attempt stores and somebody ends (D2).
      this.#newId = undefined;
      throw error;
    }
  }

  #adopt({ live, next }: CreatedSession): void {
    this.#live = live;
    this.#newId = undefined;
    this.#mustStore = false;
    this.#show(next, true);
  }

  *#authenticate(live: LiveSession, login: Login, text: string | undefined): Flow<void> {
    const { change, next } = yield* wait(planLogin(this.#runtime, live, login, text));
    try {
      yield* wait(this.#write(live, change));
    } catch (error) {
      // As in `createSession`; if it was not stored, the session is as it was.
      this.#runtime.subjects.discardLater(live.record.id, 'login', next.hash);
      throw error;
    }
    // Requests that were opened before can no longer write, but can still end the session.
    this.#show(next, false);
  }

  #planRotation(live: LiveSession, now: number): Awaitable<RotationPlan | undefined> {
    // A secret made now could not be sent, or would be the second in this response.
    const { shown, isReplaced } = this.token;
    if (shown === undefined || isReplaced || this.isHeadSent || this.isResponseOver) return undefined;
    return planRotation(this.#runtime, live, shown, now);
  }

  /** Writes data, secrets or both; returns whether that changed the record. */
  #rewrite(text: string | undefined, plan: RotationPlan | undefined): Awaitable<boolean> {
    const live = this.#live;
    if (live === undefined) return false;
    const writing = this.#write(live, { text, amend: plan?.amend, keepsEnd: this.#mustKeepEnd(live.envelope) });
    const next = plan?.next;
    return next === undefined ? writing : chain(writing, (isWritten) => this.#handOut(next, isWritten));
  }

  /** Hands out a new secret if it is the one that was stored. */
  #handOut(next: NewBearer, isWritten: boolean): boolean {
    const live = this.#live;
    if (live === undefined || live.envelope.secrets.every(({ hash }) => hash !== next.hash)) return isWritten;
    this.#show(next, false);
    this.#runtime.events.emit('rotated', { id: live.record.id });
    return isWritten;
  }

  #write(live: LiveSession, change: SessionChange): Awaitable<boolean> {
    return chain(writeSession(this.#runtime, live, change), (written) => this.#take(live, change, written));
  }

  /** Takes in the outcome of a write; returns whether it changed the record. */
  #take(live: LiveSession, change: SessionChange, written: WriteResult): Awaitable<boolean> {
    if ('lost' in written) {
      this.#lose(written.lost);
      return false;
    }
    const { record, envelope } = written.live;
    if (written.isWritten) this.#noteStored(live, change.text);
    this.#live = written.live;
    this.token.meet(envelope);
    if (hasPersistentCookie(this.#runtime, envelope) && isExtended(this.#runtime, live, written.live))
      this.#renewCookie();
    if (written.isWritten) this.#runtime.events.emit('committed', { id: record.id, version: record.version });
    return chain(this.#takeMerged(change.text), () => written.isWritten);
  }

  #noteStored({ baseText }: LiveSession, text: string | undefined): void {
    if (text !== undefined) this.data.noteStored(baseText, text);
  }

  /** Shows the handler what others' changes have made of the `text` that was to be stored. */
  #takeMerged(text: string | undefined): Awaitable<void> {
    const live = this.#live;
    if (live === undefined || text === undefined || text === live.baseText) return;
    return chain(this.#runtime.data.read(live.baseText), (values) => {
      // Once the session has ended, the handler's object cannot be written to.
      if (this.end.isEnded) return;
      this.#live = { ...live, ...this.data.takeMerged(text, live.baseText, values) };
    });
  }

  /**
   * Logs in, with all data, in a new record: a store never shortens a life, so that of a session that was remembered would outlive one
   * that no longer is.
   */
  *#moveAll(old: LiveSession, login: Login, text: string | undefined): Flow<void> {
    const replacement = yield* moveSession(this.#runtime, old, text, login);
    if (this.#goOn(old, replacement, 'login')) {
      this.#noteStored(old, text);
      yield* wait(this.#takeMerged(text));
    }
  }

  /**
   * Ends the session and goes on with a new one that holds what `compose` makes of its initial data, and what the handler has changed since
   * `noted`; without it, since now.
   */
  *#moveOn(compose: (initial: DrawnData) => object, login: Login | undefined, noted?: Fields): Flow<void> {
    const old = this.#live;
    if (old === undefined) return;
    const { data } = this.#runtime;
    const initial = yield* wait(data.initial.draw());
    const before = noted ?? this.data.note();
    const fields = compose(initial);
    const text = data.textOf(fields);
    yield* wait(data.check(fields));
    const replacement = yield* replaceSession(this.#runtime, old, { text, login });
    if (this.#goOn(old, replacement, login === undefined ? 'regenerate' : 'login')) {
      if (login !== undefined) this.data.noteStored(initial.text, text);
      this.data.fill(fields, before);
    }
  }

  /** Goes on with the session that has replaced `old`, and removes whichever of the two is left over; returns whether it has. */
  #goOn(old: LiveSession, { created, lost }: Replacement, by: DestroyedBy): boolean {
    const hasReplaced = lost === undefined;
    if (hasReplaced) {
      this.#isNew = true;
      this.#adopt(created);
    } else this.#lose(lost);
    this.#runtime.subjects.discardLater((hasReplaced ? old : created.live).record.id, by);
    return hasReplaced;
  }

  /** Starts over with a session that is not stored yet. */
  #begin(initial: DrawnData, fields: object, noted: Fields): void {
    this.#live = undefined;
    this.#newId = undefined;
    this.#isNew = true;
    this.token.forget();
    this.data.begin(initial, fields, noted);
  }

  /** Enforces the subject's limit; if that fails, the login does not count. */
  *#keepLimit(subject: string, id: string): Flow<void> {
    try {
      const place = yield* this.#runtime.subjects.enforceLimit(subject, id);
      if (place === 'gone') this.#lose('gone');
    } catch (error) {
      this.end.abandon();
      // Nobody will ever be sent its token, and it would count against the limit.
      if (!SessError.is(error, 'ERR_SESS_LIMIT')) this.#runtime.subjects.discardLater(id, 'login');
      throw error;
    }
  }

  #show(next: NewBearer, isFirst: boolean): void {
    if (!this.end.isEnded) this.token.replace(next, isFirst);
  }

  #renewCookie(): void {
    if (!this.end.isEnded) this.token.renew();
  }

  /** Somebody else has ended the session. */
  #lose(reason: RefusalReason): void {
    const { id } = this;
    this.end.lose();
    if (reason === 'expired') this.#runtime.events.emit('expired', { id });
    this.#runtime.events.emit('refused', { id, reason, at: 'commit' });
  }
}
