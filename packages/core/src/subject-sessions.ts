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

/** A stored session. */
export interface SubjectSession {
  readonly record: SessionRecord;
  readonly envelope: Envelope;
  readonly dataText: string;
}

/** The time, and whether a session is over at some time although the store still has it. */
interface SessionTime {
  now(): number;
  isOver(record: SessionRecord, envelope: Envelope, now: number): boolean;
}

/** The sessions of a subject: listing them, ending them, limiting their number. */
export class SubjectSessions {
  readonly #store: SessionStore;
  readonly #guarded: GuardedStore;
  readonly #events: EventHub;
  readonly #limit: SubjectLimit | undefined;
  readonly #time: SessionTime;

  constructor(
    store: SessionStore,
    guarded: GuardedStore,
    events: EventHub,
    limit: SubjectLimit | undefined,
    time: SessionTime,
  ) {
    this.#store = store;
    this.#guarded = guarded;
    this.#events = events;
    this.#limit = limit;
    this.#time = time;
  }

  /** The subject's live sessions, latest login first. Damaged records are left out. Throws `ERR_SESS_UNSUPPORTED` without a subject index. */
  *list(subject: string): Flow<readonly SubjectSession[]> {
    const sessions: SubjectSession[] = [];
    const askedAt = this.#time.now();
    for (const record of yield* this.#records(subject)) {
      const session = yield* this.#examine(record, askedAt);
      if (session?.record.subject === subject) sessions.push(session);
    }
    return sessions.sort(compareLogins);
  }

  /** The live session with this id, whoever's it is; `undefined` if there is none that can be opened. */
  *find(id: string): Flow<SubjectSession | undefined> {
    const askedAt = this.#time.now();
    const record = yield* wait(this.#guarded.read(id));
    return record && (yield* this.#examine(record, askedAt));
  }

  /** The session of a record that the store was asked for at `askedAt`; `undefined` if it is damaged, has expired, or cannot be opened. */
  *#examine(record: SessionRecord, askedAt: number): Flow<SubjectSession | undefined> {
    const decoded = decodeBody(record.body);
    // A session without a secret is about to be removed, and nobody can open it.
    if (typeof decoded === 'string' || decoded.envelope.secrets.length === 0) return undefined;
    const { now, isOver } = this.#time;
    if (!isOver(record, decoded.envelope, now())) return { record, ...decoded };
    // If it was alive when the store was asked, another request may have kept it so while the answer was on its way (E2).
    return isOver(record, decoded.envelope, askedAt) ? undefined : yield* this.find(record.id);
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
  *#discard(id: string, by: DestroyedBy, ifSecret: string | undefined): Flow<void> {
    try {
      if (ifSecret === undefined || (yield* this.#hasNewest(id, ifSecret))) yield* this.end(id, by);
    } catch (error) {
      this.#events.emit('error', { error });
    }
  }

  /**
   * Ends a session that nobody can open, without keeping the caller waiting for a store that may not answer. With `ifSecret`, the hash of a
   * secret that nobody was sent, only if the write that failed has stored it all the same.
   */
  discardLater(id: string, by: DestroyedBy, ifSecret?: string): void {
    void run(this.#discard(id, by, ifSecret));
  }

  *#hasNewest(id: string, secret: string): Flow<boolean> {
    const record = yield* wait(this.#guarded.read(id));
    const decoded = decodeBody(record?.body);
    return typeof decoded !== 'string' && decoded.envelope.secrets[0]?.hash === secret;
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
