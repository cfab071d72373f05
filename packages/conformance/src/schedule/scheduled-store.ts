import {
  type Awaitable,
  hasSubjectIndex,
  isSweepable,
  type SessionRecord,
  type SessionStore,
  type SubjectIndex,
  type Sweepable,
  type UpdateResult,
} from '@sess/core';
import { currentActor } from './actor.js';
import { InjectedFault } from './faults.js';
import type { Stage } from './stage.js';

const never = new Promise<never>(() => {});

/** A call about one record, and the step at which it was made. */
interface Call {
  readonly method: string;
  readonly key: string;
  readonly at: number;
  /** The time of the timers, by which the core gives up. */
  readonly time: number;
}

/** Whose connection to the store it is. */
interface Owner {
  readonly name: string;
  readonly isDead: boolean;
}

/**
 * The store under test as one process reaches it: each call waits for its turn before it takes effect, and again before its result
 * arrives, and may go wrong.
 */
export class ScheduledStore implements SessionStore {
  readonly #stage: Stage;
  readonly #owner: Owner;
  readonly #store: SessionStore;
  readonly list?: SubjectIndex['list'];
  readonly sweep?: Sweepable['sweep'];

  constructor(stage: Stage, owner: Owner, store: SessionStore) {
    this.#stage = stage;
    this.#owner = owner;
    this.#store = store;
    if (hasSubjectIndex(store)) this.list = (subject) => this.#call('list', subject, () => store.list(subject));
    if (isSweepable(store)) this.sweep = (limit) => this.#call('sweep', String(limit), () => store.sweep(limit));
  }

  create(record: SessionRecord): Promise<'created' | 'exists'> {
    const act = async () => {
      const outcome = await this.#store.create(record);
      if (outcome === 'created') this.#stage.createdIds.set(record.id, currentActor.getStore());
      return outcome;
    };
    return this.#call('create', record.id, act, describe(record));
  }

  read(id: string): Promise<SessionRecord | undefined> {
    return this.#call('read', id, () => this.#store.read(id));
  }

  update(record: SessionRecord, ifVersion: number): Promise<UpdateResult> {
    const what = `${describe(record)} if at version ${ifVersion}`;
    return this.#call('update', record.id, () => this.#store.update(record, ifVersion), what);
  }

  touch(id: string, expiresAt: number): Promise<'touched' | 'gone'> {
    return this.#call('touch', id, () => this.#store.touch(id, expiresAt));
  }

  destroy(id: string): Promise<void> {
    return this.#call('destroy', id, () => this.#store.destroy(id));
  }

  async #call<R>(method: string, key: string, act: () => Awaitable<R>, what = key): Promise<R> {
    const stage = this.#stage;
    const { chronicle } = stage;
    const actor = currentActor.getStore();
    const who = actor?.name ?? this.#owner.name;
    if (actor !== undefined) {
      actor.pending += 1;
      if (method !== 'read' && method !== 'list') actor.writes += 1;
    }
    const call: Call = { method, key, at: chronicle.tick(), time: stage.timers.now() };
    actor?.unheard.add(call);
    const fault = stage.nextFault();
    if (fault !== undefined && actor !== undefined) actor.faults += 1;

    await stage.turn();
    if (fault === 'hang') {
      chronicle.note(who, `  store.${method} ${what} is lost on the way`);
      return never;
    }
    chronicle.tick();
    if (fault !== 'before') {
      const answer = await stage.act(act);
      chronicle.note(who, `  store.${method} ${what} takes effect:`, describeAnswer(answer));
      if (fault === 'silent') return never;
      return this.#answer(call, answer, fault === 'after' ? 'lost its connection after that' : undefined);
    }
    return this.#answer(call, undefined as R, 'could not connect');
  }

  async #answer<R>(call: Call, answer: R, failure: string | undefined): Promise<R> {
    const { method, key, at, time } = call;
    await this.#stage.turn();
    if (this.#owner.isDead) return never;
    const actor = currentActor.getStore();
    if (actor !== undefined) actor.pending -= 1;
    if (failure === undefined) {
      const isHeard = this.#stage.timers.now() < time + this.#stage.plan.policy.storeTimeout;
      if (isHeard) actor?.unheard.delete(call);
      if (isHeard) actor?.lastCalls.set(key, at);
      if (isHeard && method === 'update') actor?.lastUpdates.set(key, at);
      return answer;
    }
    this.#stage.chronicle.note(actor?.name ?? this.#owner.name, '  the store call fails:', failure);
    throw new InjectedFault(failure);
  }
}

function describe({ id, version, expiresAt, subject }: SessionRecord): string {
  return `${id} v${version}${subject === undefined ? '' : ` of ${subject}`}, expires ${new Date(expiresAt).toISOString().slice(11, 23)}`;
}

function describeAnswer(answer: unknown): unknown {
  if (answer === undefined) return 'done';
  if (Array.isArray(answer)) return answer.map(describeAnswer).join(', ') || 'none';
  if (typeof answer !== 'object' || answer === null) return answer;
  if ('outcome' in answer && answer.outcome !== 'conflict') return answer.outcome;
  if ('current' in answer) return `conflict, ${describeAnswer(answer.current)}`;
  return 'body' in answer ? `${describe(answer as SessionRecord)} ${dataOf(answer as SessionRecord)}` : answer;
}

/** The data in a record's body, which follow the core's own line. */
function dataOf({ body }: SessionRecord): string {
  return body.slice(body.indexOf('\n') + 1);
}
