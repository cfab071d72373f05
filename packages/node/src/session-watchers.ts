import type { Clock, SessionAdmin } from '@sess/core';

/** Waits for a session to end. */
export interface Watcher {
  readonly id: string;
  /** When the session's holder last logged in; any other time counts as an end. */
  readonly authenticatedAt: number | undefined;
  readonly onEnd: () => void;
  /** How often to check, in ms, and by which clock. */
  readonly period: number;
  readonly clock: Pick<Clock, 'after'>;
}

/** All watchers of one manager's sessions. However many there are, they need two listeners and one timer per period. */
export class SessionWatchers {
  readonly #sessions: Pick<SessionAdmin, 'find' | 'on'>;
  readonly #byId = new Map<string, Set<Watcher>>();
  readonly #rounds = new Map<Watcher['clock'], Map<number, Round>>();
  #unsubscribes: readonly (() => void)[] = [];

  constructor(sessions: Pick<SessionAdmin, 'find' | 'on'>) {
    this.#sessions = sessions;
  }

  /** Calls the watcher's `onEnd` once, at the end of its session; the returned function stops that. */
  add(watcher: Watcher): () => void {
    if (this.#byId.size === 0) {
      const end = ({ id }: { readonly id: string }) => this.#end(id, () => true);
      this.#unsubscribes = [this.#sessions.on('destroyed', end), this.#sessions.on('login', end)];
    }
    getOrMake(this.#byId, watcher.id, () => new Set()).add(watcher);
    this.#roundOf(watcher).add(watcher);
    return () => void this.#remove(watcher);
  }

  #roundOf({ clock, period }: Watcher): Round {
    const rounds = getOrMake(this.#rounds, clock, () => new Map<number, Round>());
    return getOrMake(rounds, period, () => new Round(clock, period, (id) => this.#check(id)));
  }

  /** Returns whether the watcher was still there. */
  #remove(watcher: Watcher): boolean {
    const { id, clock, period } = watcher;
    const sameSession = this.#byId.get(id);
    if (!sameSession?.delete(watcher)) return false;
    if (sameSession.size === 0) this.#byId.delete(id);
    const rounds = this.#rounds.get(clock);
    if (rounds?.get(period)?.remove(watcher) === 'empty') rounds.delete(period);
    if (rounds?.size === 0) this.#rounds.delete(clock);
    if (this.#byId.size === 0) for (const off of this.#unsubscribes) off();
    return true;
  }

  async #check(id: string): Promise<void> {
    // Its last watcher may have left while others were checked.
    if (!this.#byId.has(id)) return;
    const found = await this.#sessions.find(id);
    this.#end(id, ({ authenticatedAt }) => found === undefined || found.authenticatedAt !== authenticatedAt);
  }

  /** Notifies all watchers for whom the session is over, even if one of them throws. */
  #end(id: string, isOver: (watcher: Watcher) => boolean): void {
    const errors: unknown[] = [];
    for (const watcher of [...(this.#byId.get(id) ?? [])]) {
      if (!isOver(watcher) || !this.#remove(watcher)) continue;
      try {
        watcher.onEnd();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0)
      throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'Several watchers failed.');
  }
}

/** How many sessions a round reads at a time: enough to finish in time, without flooding the store. */
const mostConcurrentReads = 32;

/** The sessions of all watchers with one period, checked whenever it has passed. */
class Round {
  readonly #clock: Watcher['clock'];
  readonly #period: number;
  readonly #check: (id: string) => Promise<void>;
  readonly #watchers = new Set<Watcher>();
  #isUnderWay = false;
  #isDue = false;
  #cancel = () => {};

  constructor(clock: Watcher['clock'], period: number, check: (id: string) => Promise<void>) {
    this.#clock = clock;
    this.#period = period;
    this.#check = check;
  }

  add(watcher: Watcher): void {
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#wait();
  }

  remove(watcher: Watcher): 'empty' | 'watching' {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return 'watching';
    this.#cancel();
    return 'empty';
  }

  #wait(): void {
    this.#cancel = this.#clock.after(this.#period, () => {
      this.#wait();
      this.#isDue = true;
      if (!this.#isUnderWay) void this.#checkAll();
    });
  }

  async #checkAll(): Promise<void> {
    this.#isUnderWay = true;
    // If a round has taken longer than the period, the next follows immediately.
    while (this.#isDue) {
      this.#isDue = false;
      const ids = new Set(Array.from(this.#watchers, ({ id }) => id)).values();
      await Promise.all(Array.from({ length: mostConcurrentReads }, () => this.#checkEach(ids)));
    }
    this.#isUnderWay = false;
  }

  /** Checks one session after another; other lanes take from the same `ids`. */
  async #checkEach(ids: Iterable<string>): Promise<void> {
    for (const id of ids) {
      // A store that fails is no reason to cut anybody off.
      await this.#check(id).catch(() => {});
    }
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
