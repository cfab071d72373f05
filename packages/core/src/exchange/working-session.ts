import { applyChange } from '../data-format.js';
import { SessError } from '../errors.js';
import type { RefusalReason, SessionEvents } from '../events.js';
import { isTouchDue } from '../expiry.js';
import type { Flow } from '../flow.js';
import { valueAt } from '../merge.js';
import { decodeBody, type Envelope } from '../record.js';
import type { Runtime } from '../runtime.js';
import { endHandle, fillHandle, freezeHandle, type SessionHandle, type SessionHost } from '../session-handle.js';
import { createId } from '../token.js';
import type { Admission, ExchangeRequest } from './admit.js';
import { createSession } from './create-session.js';
import { isOver, type LiveSession, nextExpiry } from './live-session.js';
import { planNewSecret, planRotation, type RotationPlan } from './plan-rotation.js';
import { type SessionChange, writeSession } from './write-session.js';

/** What the browser's cookie needs: nothing, the present token (again), or to be removed. */
export type CookieNeed = 'none' | 'token' | 'removal';

/** The session that one exchange works on: the handler's object on one side, the store's record on the other. */
export class WorkingSession {
  readonly #runtime: Runtime;
  readonly #host: SessionHost;
  readonly #request: ExchangeRequest;

  /** The session as stored; absent while it is not. */
  #live: LiveSession | undefined;
  /** The text of a new session's initial data. */
  #initialText = '{}';
  /** The data for the handler's object, until it is asked for. */
  #loadedData: object | undefined;
  #handle: SessionHandle | undefined;

  /** The token's bearer part: shown by the browser, or on its way there. */
  #bearer = '';
  /** The hash of the secret that the browser showed; absent if it showed none of this session's. */
  #shown: string | undefined;
  /** Whether this response hands out a new secret, so that the rotation has had its turn. */
  #hasNewBearer = false;
  #newId: string | undefined;
  #isNew: boolean;
  /** Whether the session is to be stored even if nothing was written to it. */
  #mustStore = false;
  /** Whether the end has been decided here, which counts whatever others have done to the session. */
  #isDestroyed = false;
  /** Whether the end has been decided here and the store has not yet acknowledged it. */
  #mustDestroy = false;
  #isEnded = false;
  #lost: RefusalReason | undefined;
  #cookieNeed: CookieNeed = 'none';
  /** Whether the token that is to be sent is known to be the newest: made here, or met by the last write. */
  #isNewest = false;

  /** Whether the response's head has left, so that no cookie can be sent any more. */
  isHeadSent = false;

  constructor(runtime: Runtime, host: SessionHost, request: ExchangeRequest, admission: Admission | undefined) {
    this.#runtime = runtime;
    this.#host = host;
    this.#request = request;
    this.#isNew = admission === undefined;
    if (admission === undefined) return;
    this.#live = admission.live;
    this.#loadedData = admission.data;
    this.#bearer = admission.bearer;
    this.#shown = admission.shown;
    if (admission.isStale) this.#cookieNeed = 'token';
  }

  get live(): LiveSession | undefined {
    return this.#live;
  }

  /** Whether the session was not in the store when the exchange began. */
  get isNew(): boolean {
    return this.#isNew;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether somebody else has ended the session that this request goes on with; one that it has destroyed is no loss. */
  get isLost(): boolean {
    return this.#lost !== undefined && !this.#isDestroyed;
  }

  get bearer(): string {
    return this.#bearer;
  }

  get cookieNeed(): CookieNeed {
    return this.#cookieNeed;
  }

  get id(): string {
    if (this.#live !== undefined) return this.#live.record.id;
    this.#newId ??= createId();
    return this.#newId;
  }

  /** Whether a handler has the session's object; else nothing can have been changed. */
  get wasHandedOut(): boolean {
    return this.#handle !== undefined;
  }

  /** The object for the handler, made when first asked for. */
  get handle(): SessionHandle {
    this.#handle ??= this.#createHandle();
    return this.#handle;
  }

  /** Leaves the present object as a read-only picture of its data; another takes its place. */
  detachHandle(): void {
    const old = this.handle;
    this.#handle = this.#runtime.createHandle(this.#host);
    fillHandle(this.#handle, { ...old });
    freezeHandle(old);
  }

  /** Whether the handler has changed the data since they were last in step with the store. */
  hasChanged(): boolean {
    return this.#changedText() !== undefined;
  }

  /** Stores what has changed, merged with what others have changed, or extends the session's life if that is due. */
  *store(isExplicit = false): Flow<void> {
    if (this.#isEnded) return;
    const text = yield* this.#checkedText();
    if (this.#live === undefined) {
      if (text !== undefined || this.#mustStore || isExplicit) yield* this.#create(text);
      return;
    }
    const plan = yield* this.#planRotation(this.#live);
    if ((text !== undefined || plan !== undefined) && (yield* this.#rewrite(text, plan))) return;
    // Also where another request has done the rotation meanwhile: this one is a sign of life all the same.
    const { record, envelope } = this.#live;
    if (this.#gains(record.expiresAt, nextExpiry(this.#runtime, envelope, this.#runtime.now()))) yield* this.touch();
  }

  /** Extends the session's life in the store, if it is there. */
  *touch(): Flow<void> {
    const live = this.#live;
    if (this.#isEnded || live === undefined) return;
    const { record, envelope } = live;
    if (yield* this.#hasExpired(live)) return this.#lose('expired');
    const expiresAt = Math.max(record.expiresAt, nextExpiry(this.#runtime, envelope, this.#runtime.now()));
    if ((yield* this.#runtime.store.touch(record.id, expiresAt)) === 'gone') return this.#lose('gone');
    this.#live = { ...live, record: { ...record, expiresAt } };
    this.#isNewest = this.#hasNewBearer;
    if (this.#runtime.cookies.isPersistent) this.#needToken();
    this.#runtime.events.emit('touched', { id: record.id, expiresAt });
  }

  /** Whether the session is over its time. Others may have kept it alive since this request has read it, or since it last asked (E2). */
  *#hasExpired({ record, envelope }: LiveSession): Flow<boolean> {
    const runtime = this.#runtime;
    let [seen, known, askedAt] = [record, envelope, Number.NEGATIVE_INFINITY];
    while (isOver(runtime, seen, known, runtime.now())) {
      if (isOver(runtime, seen, known, askedAt)) return true;
      askedAt = runtime.now();
      const current = yield* runtime.store.read(record.id);
      if (current === undefined) return true;
      const decoded = decodeBody(current.body);
      if (typeof decoded === 'string') return false;
      [seen, known] = [current, decoded.envelope];
    }
    return false;
  }

  /** Takes the data from the store anew; a session that is not stored begins anew. */
  *reload(): Flow<void> {
    if (this.#isEnded) return;
    if (this.#live === undefined) return this.#fill(this.#runtime.data.createInitial().data);
    const { record, envelope } = this.#live;
    const current = yield* this.#runtime.store.read(record.id);
    if (current === undefined) return this.#lose('gone');
    const decoded = decodeBody(current.body);
    if (typeof decoded === 'string') return this.#lose('corrupt');
    if (decoded.envelope.generation !== envelope.generation) return this.#lose('superseded');
    if (isOver(this.#runtime, current, decoded.envelope, this.#runtime.now())) return this.#lose('expired');
    const loaded = yield* this.#runtime.data.load(decoded.dataText);
    if (typeof loaded === 'string') return this.#lose(loaded);
    this.#live = { record: current, envelope: decoded.envelope, baseText: loaded.text };
    this.#fill(loaded.data);
  }

  /** Makes the session `subject`'s, with a new secret and a new absolute period. */
  *login(subject: string): Flow<void> {
    if (this.#isEnded) return;
    yield* this.#runtime.subjects.makeRoom(subject, this.#live?.record.id);
    const text = yield* this.#checkedText();
    if (this.#live === undefined) yield* this.#create(text, subject);
    else if ((this.#live.record.subject ?? subject) !== subject) yield* this.#moveOn(this.#changedKeys(), subject);
    else yield* this.#authenticate(this.#live, subject, text);
    if (this.#isEnded || this.#live === undefined) return;
    const { id } = this.#live.record;
    yield* this.#keepLimit(subject, id);
    if (this.#isEnded) return;
    this.#runtime.events.emit('login', { id, subject });
  }

  /** Gives the session a new secret; a session that is not stored has none to replace. */
  *rotate(): Flow<void> {
    if (this.#isEnded || this.#live === undefined) return;
    const text = yield* this.#checkedText();
    yield* this.#rewrite(text, yield* planNewSecret(this.#runtime, this.#live, this.#shown));
  }

  /** Ends the session and begins another in its place, with the data called `keep`. */
  *regenerate(keep: readonly string[]): Flow<void> {
    if (this.#isEnded) return;
    if (this.#live !== undefined && keep.length > 0) return yield* this.#moveOn(keep, undefined);
    if (this.#live !== undefined) yield* this.#runtime.subjects.end(this.#live.record.id, 'regenerate');
    this.#begin(this.#pick(keep));
    this.#mustStore = true;
  }

  /** Decides that the session has ended; `destroy` then tells the store, also of one that was lost to a login and lives on (D1). */
  decideEnd(hasCookie: boolean): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#mustDestroy = true;
    if (hasCookie || this.#live !== undefined) this.#cookieNeed = 'removal';
    this.#end();
  }

  /** Removes a session whose end has been decided, unless the store has acknowledged that before. */
  *destroy(): Flow<void> {
    if (!this.#mustDestroy) return;
    if (this.#live !== undefined) yield* this.#runtime.subjects.end(this.#live.record.id, 'destroy');
    this.#mustDestroy = false;
  }

  /**
   * Keeps a token from being sent again that a login or a rotation has replaced since it was read: it would overwrite the newer one in the
   * browser.
   */
  *confirmToken(): Flow<void> {
    if (this.#cookieNeed !== 'token' || this.#isNewest || this.#live === undefined) return;
    const current = yield* this.#runtime.store.read(this.#live.record.id);
    const decoded = current === undefined ? 'corrupt' : decodeBody(current.body);
    this.#isNewest = typeof decoded !== 'string' && isNewest(decoded.envelope, this.#shown);
    if (!this.#isNewest) this.#cookieNeed = 'none';
  }

  #createHandle(): SessionHandle {
    const handle = this.#runtime.createHandle(this.#host);
    if (this.#live === undefined) {
      const { data, text } = this.#runtime.data.createInitial();
      this.#initialText = text;
      this.#loadedData = data;
    }
    fillHandle(handle, this.#loadedData ?? {});
    this.#loadedData = undefined;
    if (this.#isEnded) endHandle(handle);
    return handle;
  }

  get #baseText(): string {
    return this.#live?.baseText ?? this.#initialText;
  }

  #changedText(): string | undefined {
    if (this.#handle === undefined || this.#isEnded) return undefined;
    const text = this.#runtime.data.textOf(this.#handle);
    return text === this.#baseText ? undefined : text;
  }

  /** The text of the data if they have changed; throws if they may not be stored. */
  *#checkedText(): Flow<string | undefined> {
    const text = this.#changedText();
    if (text !== undefined) yield* this.#runtime.data.check(this.handle);
    return text;
  }

  #changedKeys(): readonly string[] {
    const { data } = this.#runtime;
    return data.diff(this.#baseText, data.textOf(this.handle)).map(({ key }) => key);
  }

  #pick(keys: readonly string[]): Record<string, unknown> {
    const fields = Object.entries(this.handle).filter(([key]) => keys.includes(key));
    return Object.fromEntries(fields);
  }

  #gains(from: number, to: number): boolean {
    return isTouchDue(this.#runtime.expiry, from, to);
  }

  /** Stores a new session with data that have been checked; without them, with the initial ones. */
  *#create(text: string | undefined, subject?: string): Flow<void> {
    if (this.#isEnded) return;
    const { cookies, events } = this.#runtime;
    if (!cookies.canSend(this.#request.https)) {
      // Without its cookie nobody could ever use it. Said once: what the commit has dropped, the end of the response finds again.
      if (!this.isHeadSent) events.emit('insecure', unsendableCookie);
      return;
    }
    if (this.isHeadSent) throw headSentError('A new session');
    try {
      this.#adopt(yield* createSession(this.#runtime, { id: this.#newId, text: text ?? this.#initialText, subject }));
    } catch (error) {
      // It may take effect yet, and would bring back under this id what a second attempt stores and somebody then ends (D2).
      this.#newId = undefined;
      throw error;
    }
  }

  #adopt({ live, bearer }: { readonly live: LiveSession; readonly bearer: string }): void {
    this.#live = live;
    this.#newId = undefined;
    this.#mustStore = false;
    this.#show(bearer);
  }

  *#authenticate(live: LiveSession, subject: string, text: string | undefined): Flow<void> {
    const { next } = yield* planNewSecret(this.#runtime, live, this.#shown);
    yield* this.#write(live, {
      text,
      subject,
      amend: (envelope, now) => ({
        ...envelope,
        generation: envelope.generation + 1,
        authenticatedAt: now,
        secrets: [{ hash: next.hash, issuedAt: now }],
      }),
    });
    if (!this.#isEnded) this.#show(next.bearer);
  }

  *#planRotation(live: LiveSession): Flow<RotationPlan | undefined> {
    // A secret handed out now could not be sent, or would come on top of another.
    if (this.#shown === undefined || this.#hasNewBearer || this.isHeadSent) return undefined;
    return yield* planRotation(this.#runtime, live, this.#shown);
  }

  /** Writes data, secrets or both; answers whether the record was changed by it. */
  *#rewrite(text: string | undefined, plan: RotationPlan | undefined): Flow<boolean> {
    if (this.#live === undefined) return false;
    const isWritten = yield* this.#write(this.#live, { text, amend: plan?.amend });
    const next = plan?.next;
    if (next === undefined || this.#live.envelope.secrets.every(({ hash }) => hash !== next.hash)) return isWritten;
    this.#show(next.bearer);
    this.#runtime.events.emit('rotated', { id: this.#live.record.id });
    return isWritten;
  }

  *#write(live: LiveSession, change: SessionChange): Flow<boolean> {
    const written = yield* writeSession(this.#runtime, live, change);
    if ('lost' in written) {
      this.#lose(written.lost);
      return false;
    }
    this.#live = written.live;
    // Beyond its end the handler's object takes nothing more.
    if (!this.#isEnded && change.text !== undefined && change.text !== written.live.baseText)
      this.#takeMerged(written.live, change.text);
    const { id, version, expiresAt } = written.live.record;
    this.#isNewest ||= isNewest(written.live.envelope, this.#shown);
    if (this.#runtime.cookies.isPersistent && this.#gains(live.record.expiresAt, expiresAt)) this.#needToken();
    if (written.isWritten) this.#runtime.events.emit('committed', { id, version });
    return written.isWritten;
  }

  /** Shows the handler what the merge has added to `sent`. A key that it has changed again since is left to the next write. */
  #takeMerged(live: LiveSession, sent: string): void {
    const { data } = this.#runtime;
    const added = data.diff(sent, live.baseText);
    const taken = added.filter(({ key, before }) => data.isSame(valueAt(this.handle, key), before));
    for (const change of taken) applyChange(this.handle, change);
    this.#live = { ...live, baseText: data.patch(sent, taken), isBehind: taken.length < added.length };
  }

  /**
   * Ends the session and goes on with a new one that holds `keep`. The new record is there first, and lives only if the old one could be
   * claimed after it: what had been destroyed meanwhile does not come back under a new id (D2).
   */
  *#moveOn(keep: readonly string[], subject: string | undefined): Flow<void> {
    const old = this.#live;
    if (old === undefined) return;
    const { data, subjects } = this.#runtime;
    const initial = data.createInitial();
    const fields = { ...initial.data, ...this.#pick(keep) };
    yield* data.check(fields);
    const created = yield* createSession(this.#runtime, { id: undefined, text: data.textOf(fields), subject });
    const claimed = yield* writeSession(this.#runtime, old, {
      text: undefined,
      amend: (envelope) => ({ ...envelope, generation: envelope.generation + 1, secrets: [] }),
    });
    const by = subject === undefined ? 'regenerate' : 'login';
    if ('lost' in claimed) {
      yield* subjects.end(created.live.record.id, by);
      return this.#lose(claimed.lost);
    }
    this.#isNew = true;
    this.#adopt(created);
    this.#fill(fields);
    yield* subjects.end(old.record.id, by);
  }

  /** Starts over with a session that is not stored yet. */
  #begin(fields: object): void {
    const { data, text } = this.#runtime.data.createInitial();
    this.#live = undefined;
    this.#newId = undefined;
    this.#isNew = true;
    this.#bearer = '';
    this.#shown = undefined;
    this.#initialText = text;
    this.#fill({ ...data, ...fields });
  }

  /** Gives the handler's object other data; once the session has ended, there is nobody to show them to. */
  #fill(data: object): void {
    if (!this.#isEnded) fillHandle(this.handle, data);
  }

  /** Holds the subject to its limit; without that, the login does not count. */
  *#keepLimit(subject: string, id: string): Flow<void> {
    try {
      const place = yield* this.#runtime.subjects.enforceLimit(subject, id);
      if (place === 'gone') this.#lose('gone');
    } catch (error) {
      this.#leaveCookie();
      this.#end();
      throw error;
    }
  }

  #show(bearer: string): void {
    this.#bearer = bearer;
    this.#hasNewBearer = true;
    this.#isNewest = true;
    this.#needToken();
  }

  #needToken(): void {
    if (!this.#isEnded) this.#cookieNeed = 'token';
  }

  /** Somebody else has ended the session. */
  #lose(reason: RefusalReason): void {
    const { id } = this;
    this.#lost = reason;
    this.#leaveCookie();
    this.#end();
    if (reason === 'expired') this.#runtime.events.emit('expired', { id });
    this.#runtime.events.emit('refused', { id, reason, at: 'commit' });
  }

  /** Leaves the cookie alone, except in a logout: clearing it could wipe the one that a concurrent login has just set. */
  #leaveCookie(): void {
    if (!this.#isDestroyed) this.#cookieNeed = 'none';
  }

  #end(): void {
    this.#isEnded = true;
    if (this.#handle !== undefined) endHandle(this.#handle);
  }
}

/** Whether the secret with the hash `shown` is the session's newest. */
function isNewest({ secrets }: Envelope, shown: string | undefined): boolean {
  return secrets[0]?.hash === shown;
}

/** What there is to say of a cookie that a browser would not keep. */
export const unsendableCookie: SessionEvents['insecure'] = {
  problem: 'secure-cookie-over-http',
  remedy:
    "cookie.secure is true and the request came over plain HTTP, so the session's cookie was not sent and no session was started. Serve the app over " +
    "HTTPS; behind a proxy that does, tell the framework to trust it (Express: app.set('trust proxy', 1)); or use cookie.secure: 'auto'.",
};

/** The error for what would need a cookie after the response's head has left. */
export function headSentError(what: string): SessError<'ERR_SESS_HEADERS_SENT'> {
  return new SessError(
    'ERR_SESS_HEADERS_SENT',
    `${what} needs a cookie, and the response's head has already been sent. Do it before the first byte of the response.`,
  );
}
