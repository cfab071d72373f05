import type { Awaitable, Clock, SessionStore } from '@sess/core';

/** What a store can do beyond the contract's five methods: `SubjectIndex`, `Sweepable` and `Closable` of `@sess/core`. */
export type Ability = 'subjectIndex' | 'sweep' | 'close';

/** What a harness is given to make a store with. */
export interface StoreContext {
  /** The clock to hand to the store: one that the case moves, or the machine's own for a harness with `clock: 'server'`. */
  readonly clock: Clock;
}

/** What `open` returns: the store, and whatever else the other functions of the harness need to find again. */
export interface Opened {
  readonly store: SessionStore;
}

/**
 * How the kit gets at the store under test. Only `open` is needed. Whatever else a harness offers is used: each
 * function adds cases, and where one is missing those cases are listed as skipped, with the reason.
 */
export interface StoreHarness<O extends Opened = Opened> {
  /** What the store is declared to support. These are tested, and the rest is checked to be absent. Default: nothing. */
  readonly abilities?: readonly Ability[];

  /**
   * Whose time decides what has expired. `manual` (the default): the clock that `open` is given. `server`: one that nobody can
   * stop, such as a database's; then cases wait in real time, and those that need an exact instant are skipped.
   */
  readonly clock?: 'manual' | 'server';

  /** With `clock: 'server'`: by how many milliseconds that time may differ from this machine's. Default: 100. */
  readonly clockTolerance?: number;

  /** How long (ms of real time) a call may take. Default: 5,000. */
  readonly patience?: number;

  /** Makes a store that holds nothing. Called at least once for each case, and once for each script of a property. */
  open(context: StoreContext): Awaitable<O>;

  /**
   * Another store on the same data, as another process would have it. Cases of concurrency then use both, and
   * one store is checked to see immediately what the other has done.
   */
  connect?(opened: O): Awaitable<SessionStore>;

  /**
   * Abruptly ends whatever keeps the data, without a chance to tidy up, in the worst way the store's README says
   * it survives: `kill -9` of a server or of a process that writes, for example. Comes with `restart`.
   */
  crash?(opened: O): Awaitable<void>;

  /** Brings back what `crash` ended, and returns the store to go on with (the same one, if it can go on). */
  restart?(opened: O): Awaitable<SessionStore>;

  /** Cuts the store off from its data until `heal`, the way a network does. Comes with `heal`. */
  partition?(opened: O): Awaitable<void>;

  /** Ends what `partition` began. */
  heal?(opened: O): Awaitable<void>;

  /** Frees what `open` and `connect` have made. Called after every case, failed ones included. */
  dispose?(opened: O): Awaitable<void>;
}

/** The short form of a harness, for a store without further abilities: a function that makes one. */
export type MakeStore = (context: StoreContext) => Awaitable<SessionStore>;

/** The harness that a function stands for. */
export function toHarness<O extends Opened>(harness: StoreHarness<O> | MakeStore): StoreHarness<O> | StoreHarness {
  if (typeof harness !== 'function') return harness;
  return { open: async (context) => ({ store: await harness(context) }) };
}
