import { SessError } from '../errors.js';
import type { MergeConflict, RefusalReason } from '../events.js';
import { chain, type Flow, isPromiseLike, run, wait } from '../flow.js';
import { decodeBody, type Envelope, encodeBody, makeRecord } from '../record.js';
import type { Runtime } from '../runtime.js';
import type { Awaitable, SessionRecord, UpdateResult } from '../store.js';
import { endOf, expiryAfterWrite, isOver, type LiveSession, storedText } from './live-session.js';

/** What an exchange wants changed. */
export interface SessionChange {
  /** The data's new text; absent if this exchange has not changed it, and then nobody else's change is touched (L4). */
  readonly text: string | undefined;
  /** Makes the new envelope from the one found; `undefined` if nothing needs to be done to it any more. */
  readonly amend?: ((envelope: Envelope, now: number) => Envelope | undefined) | undefined;
  /** The new subject; absent to leave it. */
  readonly subject?: string;
  /** Whether the write is no activity, and leaves the session's end where it is. */
  readonly keepsEnd?: boolean;
  /** What must be done before an attempt, with the text that it is about to write. */
  readonly before?: (text: string) => Awaitable<void>;
}

/** The session as it is after the write, and whether a write was needed; or why nothing was written. */
export type WriteResult = { readonly live: LiveSession; readonly isWritten: boolean } | Lost;

interface Lost {
  readonly lost: RefusalReason;
}

/** How many attempts are made without a pause. A write that fails more often contends with other processes, and waits a random time. */
const eagerAttempts = 8;
/** The longest such wait, in ms. */
const longestPause = 64;

/**
 * Writes a change by compare-and-set. When another request has written first, the change is merged into what is there now and
 * tried again; when the session has ended, or been logged in, in the meantime, nothing is written. Throws
 * `ERR_SESS_CONTENDED` if it gets no turn within `storeTimeout`, and what the merge and the store throw.
 */
export function writeSession(runtime: Runtime, live: LiveSession, change: SessionChange): Awaitable<WriteResult> {
  const attempt = new WriteAttempt(runtime, live, change);
  const deadline = runtime.now() + runtime.storeTimeout;
  return chain(attempt.make(), (result) =>
    result === 'conflict' ? run(contend(runtime, live.record.id, attempt, deadline)) : result,
  );
}

/** Tries again, taking turns with the session's other writers. */
function* contend(runtime: Runtime, id: string, attempt: WriteAttempt, deadline: number): Flow<WriteResult> {
  const release = yield* wait(runtime.writers.acquire(id));
  try {
    for (let failures = 1; ; failures++) {
      if (runtime.now() >= deadline) throw contendedError(runtime.storeTimeout);
      if (failures >= eagerAttempts) yield* stepBack(runtime, failures - eagerAttempts);
      const result = yield* wait(attempt.make());
      if (result !== 'conflict') return result;
    }
  } finally {
    release();
  }
}

/**
 * By the session as the exchange knows it: the body of a write that has failed, and the exchange's data in it. If the next write finds that
 * body in the store, its own changes are there already, and a `counter` must not count them twice.
 */
const unanswered = new WeakMap<LiveSession, { readonly body: string; readonly text: string }>();

/** The attempts of one write, which know what the last one found. */
class WriteAttempt {
  readonly #runtime: Runtime;
  readonly #live: LiveSession;
  readonly #change: SessionChange;
  #seen: Pick<LiveSession, 'record' | 'envelope'>;
  #text: string;
  #baseText: string;
  #isBehind: boolean;
  /** When this write asked the store for `#seen`; `-Infinity` if it has not asked yet. */
  #askedAt = Number.NEGATIVE_INFINITY;
  #conflicts: readonly MergeConflict[] = [];

  constructor(runtime: Runtime, live: LiveSession, change: SessionChange) {
    this.#runtime = runtime;
    this.#live = live;
    this.#change = change;
    this.#seen = live;
    this.#text = change.text ?? storedText(live);
    this.#baseText = change.text ?? live.baseText;
    this.#isBehind = live.isBehind ?? false;
  }

  /** One compare-and-set; after a conflict, the next one builds on what was found. */
  make(): Awaitable<WriteResult | 'conflict'> {
    const mustRebase = this.#isBehind && this.#change.text !== undefined;
    return chain(mustRebase ? this.#rebase(this.#seen.record) : undefined, (lost) => lost ?? this.#prepare());
  }

  #prepare(): Awaitable<WriteResult | 'conflict'> {
    return chain(this.#change.before?.(this.#text), () => this.#send());
  }

  #send(): Awaitable<WriteResult | 'conflict'> {
    const { record, envelope } = this.#seen;
    const now = this.#runtime.now();
    if (isOver(this.#runtime, record, envelope, now)) {
      return isOver(this.#runtime, record, envelope, this.#askedAt) ? { lost: 'expired' } : this.#lookAgain();
    }
    const amended = this.#change.amend === undefined ? envelope : this.#change.amend(envelope, now);
    if (amended === undefined && this.#change.text === undefined) return this.#settle(this.#seen, false);

    const written = amended ?? envelope;
    const endAfter = this.#change.keepsEnd === true ? endOf : expiryAfterWrite;
    const expiresAt = endAfter(this.#runtime, record, written, now);
    const newEnvelope = { ...written, updatedAt: now };
    const newRecord = makeRecord(
      record.id,
      record.version + 1,
      expiresAt,
      this.#change.subject ?? record.subject,
      encodeBody(newEnvelope, this.#text),
    );
    return chain(this.#update(newRecord, record.version), (result) => {
      if (result.outcome === 'gone') return { lost: 'gone' };
      if (result.outcome === 'updated') return this.#settle({ record: newRecord, envelope: newEnvelope }, true);
      this.#askedAt = now;
      return chain(this.#rebase(result.current), (lost) => lost ?? 'conflict');
    });
  }

  #update(record: SessionRecord, ifVersion: number): Awaitable<UpdateResult> {
    const fail = (error: unknown): never => {
      const { text } = this.#change;
      if (text !== undefined) unanswered.set(this.#live, { body: record.body, text });
      // If it has taken effect, the next write finds its own value in place of the other's, and no conflict to report.
      this.#tellConflicts(record.id);
      throw error;
    };
    try {
      const updating = this.#runtime.store.update(record, ifVersion);
      return isPromiseLike(updating) ? updating.then(undefined, fail) : updating;
    } catch (error) {
      return fail(error);
    }
  }

  #tellConflicts(id: string): void {
    if (this.#conflicts.length > 0) this.#runtime.events.emit('conflict', { id, keys: this.#conflicts });
  }

  #settle({ record, envelope }: Pick<LiveSession, 'record' | 'envelope'>, isWritten: boolean): WriteResult {
    this.#tellConflicts(record.id);
    return { live: { record, envelope, baseText: this.#baseText, isBehind: this.#isBehind }, isWritten };
  }

  /** The session has expired as far as this request knows, but others may have kept it alive since (E2). */
  #lookAgain(): Awaitable<Lost | 'conflict'> {
    this.#askedAt = this.#runtime.now();
    return chain(this.#runtime.store.read(this.#seen.record.id), (current) =>
      current === undefined ? { lost: 'expired' } : chain(this.#rebase(current), (lost) => lost ?? 'conflict'),
    );
  }

  /** Prepares the next attempt, on top of the record that was found. */
  #rebase(current: SessionRecord): Awaitable<Lost | undefined> {
    const decoded = decodeBody(current.body);
    if (typeof decoded === 'string') return { lost: 'corrupt' };
    if (decoded.envelope.generation !== this.#live.envelope.generation) return { lost: 'superseded' };
    this.#seen = { record: current, envelope: decoded.envelope };
    this.#text = decoded.dataText;
    this.#isBehind = this.#change.text === undefined;
    if (this.#change.text === undefined) return undefined;

    const sent = unanswered.get(this.#live);
    const base = sent?.body === current.body ? sent.text : this.#live.baseText;
    const merging = run(this.#runtime.data.merge(base, this.#change.text, decoded.dataText));
    return chain(merging, (merged) => {
      if (typeof merged === 'string') return { lost: merged };
      this.#text = merged.text;
      this.#baseText = merged.text;
      this.#conflicts = merged.conflicts;
      return undefined;
    });
  }
}

/** Waits a random time, up to twice as long with each failure. */
function* stepBack(runtime: Runtime, failures: number): Flow<void> {
  const pause = Math.random() * Math.min(2 ** failures, longestPause);
  yield* wait(new Promise<void>((resolve) => runtime.clock.after(pause, resolve)));
}

function contendedError(timeout: number): SessError<'ERR_SESS_CONTENDED'> {
  return new SessError(
    'ERR_SESS_CONTENDED',
    `The session is being written by so many requests at once that this one found no turn within ${timeout} ms (storeTimeout). Nothing was stored.`,
  );
}
