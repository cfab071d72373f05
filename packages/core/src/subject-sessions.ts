import { SessError } from './errors.js';
import type { DestroyedBy, EventHub } from './events.js';
import { type Flow, run, wait } from './flow.js';
import type { GuardedStore } from './guarded-store.js';
import { decodeBody, type Envelope } from './record.js';
import { hasSubjectIndex, type SessionRecord, type SessionStore } from './store.js';

/** How many sessions a subject may have, and what happens at the next login. */
export interface SubjectLimit {
  readonly max: number;
  /** `evict`: the session that logged in longest ago is ended. `deny`: the login fails with `ERR_SESS_LIMIT`. */
  readonly onLimit: 'evict' | 'deny';
}

/** A stored session of a subject. */
export interface SubjectSession {
  readonly record: SessionRecord;
  readonly envelope: Envelope;
  readonly dataText: string;
}

/** The sessions of a subject: listing them, ending them, limiting their number. */
export class SubjectSessions {
  readonly #store: SessionStore;
  readonly #guarded: GuardedStore;
  readonly #events: EventHub;
  readonly #limit: SubjectLimit | undefined;
  readonly #isOver: (record: SessionRecord, envelope: Envelope) => boolean;

  /** `isOver` tells which sessions have expired although the store still has them. */
  constructor(
    store: SessionStore,
    guarded: GuardedStore,
    events: EventHub,
    limit: SubjectLimit | undefined,
    isOver: (record: SessionRecord, envelope: Envelope) => boolean,
  ) {
    this.#store = store;
    this.#guarded = guarded;
    this.#events = events;
    this.#limit = limit;
    this.#isOver = isOver;
  }

  /** The subject's live sessions, latest login first. Damaged records are left out. Throws `ERR_SESS_UNSUPPORTED` without a subject index. */
  *list(subject: string): Flow<readonly SubjectSession[]> {
    const sessions: SubjectSession[] = [];
    for (const record of yield* this.#records(subject)) {
      const decoded = decodeBody(record.body);
      if (typeof decoded === 'string' || this.#isOver(record, decoded.envelope)) continue;
      // A session without a secret is about to be removed, and nobody can open it.
      if (decoded.envelope.secrets.length > 0) sessions.push({ record, ...decoded });
    }
    return sessions.sort(compareLogins);
  }

  /** Ends every session of the subject except `except`; returns how many. */
  *endAll(subject: string, except: string | undefined): Flow<number> {
    // Straight from the records: damaged ones must end too.
    const ids = (yield* this.#records(subject)).map(({ id }) => id).filter((id) => id !== except);
    for (const id of ids) yield* this.end(id, 'revokeAll');
    return ids.length;
  }

  /** Ends one session, if there is one. */
  *end(id: string, by: DestroyedBy): Flow<void> {
    yield* wait(this.#guarded.destroy(id));
    this.#events.emit('destroyed', { id, by });
  }

  /** As `end`, for a session that nobody can open: if the store cannot remove it now, it will expire. */
  *discard(id: string, by: DestroyedBy): Flow<void> {
    try {
      yield* this.end(id, by);
    } catch (error) {
      this.#events.emit('error', { error });
    }
  }

  /** As `discard`, after a failure: whoever is told of that is not kept waiting for a store that may not answer. */
  discardLater(id: string, by: DestroyedBy): void {
    void run(this.discard(id, by));
  }

  /**
   * Before a login of session `id` at `now`: its rank, higher than those of earlier logins, whatever their servers' clocks say;
   * `undefined` without a limit. Throws `ERR_SESS_LIMIT` if the subject is at its limit and the rule is `deny`.
   */
  *rankLogin(subject: string, id: string | undefined, now: number): Flow<number | undefined> {
    if (this.#limit === undefined) return undefined;
    const others = (yield* this.list(subject)).filter(({ record }) => record.id !== id);
    const { max, onLimit } = this.#limit;
    if (onLimit === 'deny' && others.length >= max) throw limitError(max);
    return Math.max(now, ...others.map(({ envelope }) => rankOf(envelope) + 1));
  }

  /**
   * Restores the limit after the login of session `id` has been stored and before it is acknowledged. Every racing login stores first and
   * counts afterwards, so the last to count sees all of those that together exceed the limit. Throws `ERR_SESS_LIMIT` if this very
   * session had to be ended. Returns `gone` if it was ended in the meantime, for instance by a racing login that counted first.
   */
  *enforceLimit(subject: string, id: string): Flow<'kept' | 'gone'> {
    if (this.#limit === undefined) return 'kept';
    const { max, onLimit } = this.#limit;
    const sessions = yield* this.list(subject);
    if (sessions.every(({ record }) => record.id !== id)) return 'gone';
    if (sessions.length <= max) return 'kept';
    const surplus = onLimit === 'evict' ? sessions.slice(max).map(({ record }) => record.id) : [id];
    for (const surplusId of surplus) yield* this.end(surplusId, 'limit');
    if (surplus.includes(id)) throw limitError(max);
    return 'kept';
  }

  *#records(subject: string): Flow<readonly SessionRecord[]> {
    const store = this.#store;
    if (!hasSubjectIndex(store)) {
      throw new SessError(
        'ERR_SESS_UNSUPPORTED',
        "This store cannot list a subject's sessions; choose one with a subject index (a `list` method).",
      );
    }
    return yield* wait(this.#guarded.call('list', () => store.list(subject)));
  }
}

/** Latest login first; ids break ties, so that every process has the same order. */
function compareLogins(a: SubjectSession, b: SubjectSession): number {
  const byRank = rankOf(b.envelope) - rankOf(a.envelope);
  return byRank !== 0 ? byRank : a.record.id < b.record.id ? -1 : 1;
}

function rankOf({ loginRank, authenticatedAt = 0 }: Envelope): number {
  return loginRank ?? authenticatedAt;
}

function limitError(max: number): SessError<'ERR_SESS_LIMIT'> {
  return new SessError(
    'ERR_SESS_LIMIT',
    `The user has as many sessions as maxPerSubject allows (${max}). Let them end another (sessions.list, sessions.revoke) or log in again.`,
  );
}
